"""What is new to somebody on a card: who saved what since the visit before this one."""

import logging
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, takewhile

from app.content.changes import changes
from app.content.problems import InvalidCard
from app.services import rights
from app.services.actors import Actor
from app.services.desk import Desk
from app.services.errors import NotFound
from app.services.touching import Toucher
from app.services.viewing import View, view
from app.storage.errors import StoreError
from app.storage.records import Save, Stored

MOST = 50
"""So many saves are looked at; who stayed away longer reads the history."""
_MOST_READ = 20
"""So many revisions are opened for what other programs wrote; what they changed before carries no mark."""

_log = logging.getLogger("kaarten.seen")


@dataclass(frozen=True)
class News:
    """What others did to a card since somebody was there.

    Attributes:
        revision: the revision that was there then.
        when: when that was.
        saves: the saves of others since, newest first.
        more: whether there are more than these.
        items: the ids of the items that others changed and that are on the card now; `added` for what was not there.
    """

    revision: str
    when: datetime
    saves: tuple[Save, ...]
    more: bool
    items: dict[str, str]


def looked(desk: Desk, actor: Actor, kaart: Stored) -> News | None:
    """Note that a person looks at a card as it is now, and give what is new; None where nothing is.

    A visit goes on until nobody looked for some hours: what is new stays marked through all of it. Where the notes
    cannot be kept or read, nothing is new: the page goes on.

    Raises:
        NotAllowed: this person may not read the card.
        StoreError: the history cannot be read.
    """
    seen = view(desk, actor, kaart.id)
    try:
        former = desk.seen.look(actor.id, kaart.id, kaart.revision, desk.clock())
    except StoreError as error:
        _log.warning("%s", error)
        return None
    if former is None or former.revision == kaart.revision:
        return None
    saves = seen.look_back(lambda all_saves: list(islice(all_saves, MOST + 1)))
    since = list(takewhile(lambda save: save.revision != former.revision, saves))
    by_others = [save for save in since[:MOST] if save.steps and save.author.email != actor.email]
    if not by_others:
        return None
    try:
        before = seen.read(former.revision)
    except (InvalidCard, NotFound, StoreError):
        return None  # what was there then cannot be shown, so neither can what differs from it
    items = _items(seen, before, kaart, by_others)
    return News(former.revision, former.when, tuple(by_others), len(since) > MOST, items)


def seen_revisions(desk: Desk, actor: Actor) -> dict[str, str]:
    """Each card that a person ever looked at, and the revision that was there the last time; empty where unknown.

    Raises:
        NotAllowed: this person is nobody.
    """
    desk.require(actor, rights.OWN)
    try:
        return desk.seen.revisions(actor.id)
    except StoreError as error:
        _log.warning("%s", error)
        return {}


def _items(seen: View, before: Stored, kaart: Stored, saves: list[Save]) -> dict[str, str]:
    """What others touched, as far as it differs from then: an item that is as it was is not new."""
    toucher = Toucher(seen, _MOST_READ)
    touched = {path[1] for save in saves for path in toucher.paths(save) or () if len(path) > 1}
    found: dict[str, str] = {}
    for change in changes(before.document, kaart.document):
        if len(change.path) > 1 and change.path[1] in touched and change.kind != "moved":
            whole = change.is_item and len(change.path) == 2
            found[change.path[1]] = change.kind if whole else "changed"
    return {identity: kind for identity, kind in found.items() if kind != "removed"}
