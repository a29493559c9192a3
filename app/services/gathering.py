"""What people are to be told of by e-mail: what rings their bell, each under a key that stays the same."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from app.content.notices import AGAIN, SAVED, TO_JUDGE
from app.services.actors import Actor, actor_of
from app.services.bell import known_of, listener
from app.services.cataloguing import repaired
from app.services.desk import Desk
from app.storage.catalogue import Told

_PAGE = 500


@dataclass(frozen=True)
class Letter:
    """One thing to tell somebody of by e-mail. It names a card and an account by their numbers, and nothing else.

    Attributes:
        key: always the same for the same thing and person, also after the catalogue was made anew.
        account: whom to tell.
        kind: the kind of notice, as overleg.json calls it.
        kaart_id: the card.
        moment: when it was said or saved, in UTC.
    """

    key: str
    account: str
    kind: str
    kaart_id: str
    moment: str


def gather(desk: Desk, wants: Mapping[str, str], put: Callable[[Sequence[Letter]], None]) -> None:
    """Hand over what people are to be told of by e-mail; what was handed over before comes again, under the same key.

    What somebody read meanwhile is left out, and so is what a role that ended told of.

    Args:
        desk: what to work with.
        wants: the accounts that want mail, each with the moment since when, in UTC.
        put: keeps what it is given, and knows each key once.

    Raises:
        StoreError: the catalogue fails and cannot be made anew, or `put` fails.
    """
    known = desk.accounts.known()
    for account_id, since in sorted(wants.items()):
        account = known.accounts.get(account_id)
        actor = actor_of(account, known) if account else None
        if actor is not None and actor.id and (letters := list(_letters(desk, actor, since))):
            put(letters)


def _letters(desk: Desk, actor: Actor, since: str) -> Iterator[Letter]:
    follows = known_of(desk, actor)
    who = listener(desk, actor, replace(follows, until=max(since, follows.until)))
    after, total = 0, 1
    while after < total:
        offset = after
        told, total = repaired(desk, lambda offset=offset: desk.catalogue.told(who, _PAGE, offset, only_new=True))  # type: ignore[misc]
        for one in told:
            yield Letter(_key(actor.id, one), actor.id, one.notice.kind, one.kaart_id, one.notice.moment)
        after += _PAGE


def _key(account: str, told: Told) -> str:
    """Of what was said, that itself; of what follows from saves, the day: one mail a day for a card is enough."""
    notice = told.notice
    which = notice.moment[:10] if notice.kind in (AGAIN, SAVED, TO_JUDGE) else notice.id
    return " ".join((account, notice.kind, told.kaart_id, which))
