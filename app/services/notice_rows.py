"""What the catalogue is told for the bell: made from what was said about a card and from its newest saves."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

from app.content import Document, Path
from app.content.grants import utc
from app.content.items import Namer, index
from app.content.notices import AGAIN, HANDOVER, OFFERED, SAVED, Notice, notices
from app.content.overleg_state import Overleg
from app.services import rights
from app.services.actors import NOBODY, Actor, actor_of, speaker_in
from app.services.alike import alike
from app.services.asking import to_be_asked, waiting_since
from app.services.desk import Desk
from app.services.hearing import heard_of
from app.services.receivers import people
from app.services.review_rows import utc_moment
from app.services.viewing import View
from app.storage.catalogue_notices import NoticeRow
from app.storage.records import Access, Save, Stored

MOST = 50
"""So many of each kind are told of one card: the newest."""
_MOST_SAVES = 10
_AHEAD = timedelta(days=1)
_LONGEST_TITLE = 160


class _Everybody(View):
    """A card for somebody from whom is shielded what is shielded from anybody: what this one sees, all may hear."""

    def _rows(self, document: Document) -> set[str]:
        member = self.types.display.member
        return {one["id"] for one in document.get(member.section, ())} if member else set()


def notice_rows(desk: Desk, kaart: Stored, access: Access, overleg: Overleg) -> tuple[NoticeRow, ...]:
    """What people are told of a card in order.

    What everybody may hear is there once. Whoever may hear more, or hears it otherwise, has a row of his or her own.

    Raises:
        StoreError: the history cannot be read.
    """
    if not desk.types.review.notices:
        return ()
    everybody = _Everybody(desk, NOBODY, kaart.id, access)
    open_card = everybody.shown(kaart)
    known, title = _known(everybody, kaart, overleg), _titles(open_card)
    found = [*_rows(desk, known, title), *_of_handovers(desk, access)]
    whole = {one.revision for one in desk.kaarten.history(kaart.id, _MOST_SAVES)}
    asked = to_be_asked(desk.types, kaart)
    secret = known.heard.said != overleg.said or whole - {one.revision for one in known.saves}
    if secret or asked != to_be_asked(desk.types, open_card) or asked.keys() - known.again.keys():
        told = {one.id: one for one in found}

        def otherwise(seen: View) -> _Otherwise:
            return _otherwise(told, _rows(desk, _known(seen, kaart, overleg), title))

        of = alike(desk, kaart.id, access, overleg, otherwise)
        own = {actor.id: of(actor) for actor in _readers(desk, access)}
        found = [
            replace(one, aimed=tuple(who for who in one.aimed if who not in own or not own[who].has(one.id, who)))
            for one in found
        ]
        found += (_for(one, account) for account, theirs in own.items() for one in theirs.rows_of(account))
    return tuple(sorted(_capped(found), key=lambda one: (one.account, one.moment, one.id)))


@dataclass(frozen=True)
class _Known:
    """What one person, or everybody, may know of a card.

    Attributes:
        heard: what was said.
        saves: the newest saves.
        again: the items of which somebody is to be asked again, with the save since when.
    """

    heard: Overleg
    saves: list[Save]
    again: Mapping[Path, Save]


def _known(seen: View, kaart: Stored, overleg: Overleg) -> _Known:
    return _Known(heard_of(seen, overleg), seen.history(_MOST_SAVES), waiting_since(seen, seen.shown(kaart)))


@dataclass(frozen=True)
class _Otherwise:
    """What some hear more than everybody, or otherwise.

    Attributes:
        ids: of all of it that is so for each of them.
        rows: the newest of that, of each kind.
        aimed: what is so for those alone whom it concerns in person, by account.
    """

    ids: frozenset[str]
    rows: tuple[NoticeRow, ...]
    aimed: Mapping[str, Sequence[NoticeRow]]

    def has(self, identity: str, account: str) -> bool:
        """Whether one of them hears this otherwise."""
        return identity in self.ids or any(one.id == identity for one in self.aimed.get(account, ()))

    def rows_of(self, account: str) -> Iterator[NoticeRow]:
        """The rows of one of them."""
        return _capped([*self.rows, *self.aimed.get(account, ())])


def _otherwise(told: Mapping[str, NoticeRow], rows: Iterable[NoticeRow]) -> _Otherwise:
    """What of these rows everybody is not told so."""
    others, aimed = [], dict[str, list[NoticeRow]]()
    for one in rows:
        known = told.get(one.id)
        if known is None or replace(known, aimed=one.aimed) != one:
            others.append(one)
        else:
            for account in {*known.aimed} ^ {*one.aimed}:
                aimed.setdefault(account, []).append(one)
    return _Otherwise(frozenset(one.id for one in others), tuple(_capped(others)), aimed)


def _rows(desk: Desk, known: _Known, title: Callable[[str], str]) -> Iterator[NoticeRow]:
    """Rows for whoever knows this.

    What another program dated far in the future counts as of the first moment that is known: it may not be the newest
    until then.
    """
    latest = utc_moment(desk.clock() + _AHEAD)
    found = list(_dated(desk, known, title))
    first = min((one.moment for one in found if one.moment <= latest), default=latest)
    yield from (one if one.moment <= latest else replace(one, moment=first) for one in found)


def _dated(desk: Desk, known: _Known, title: Callable[[str], str]) -> Iterator[NoticeRow]:
    rules = desk.types.review.notices
    for one in notices(known.heard, rules):
        yield _row(one, title)
    if SAVED in rules:
        # One of each author: who follows a card wants to know that somebody changed it, and by whom, not how often.
        for save in {save.author.email: save for save in reversed(known.saves)}.values():
            yield _of_save(save, NoticeRow("", "", save.author.email, SAVED, "", ""))
    for (section, item), save in known.again.items():
        of = NoticeRow("", "", f"{section}/{item}", AGAIN, "", "", "", section, item, title(item), items=1)
        yield _of_save(save, of)


def _of_handovers(desk: Desk, access: Access) -> Iterator[NoticeRow]:
    """The newest offer for who can accept it, and its outcome for the other side; not a word of what was written.

    The bell tells of cards that one reads; who reads this one no more is told at the start (`handovers.lately`).
    """
    for one in access.handovers.offers[-1:]:
        kind = HANDOVER + one.outcome if one.outcome else OFFERED
        if kind not in desk.types.review.notices or one.elsewhere:
            continue
        by = speaker_in(one.closed_by or one.signed)
        others = {one.giver} if one.outcome else {each.id for each in people(desk, one.to)}
        aimed = tuple(sorted(others - {by.account}))
        moment = utc_moment(datetime.fromisoformat(one.closed or one.when))
        yield NoticeRow("", moment, f"{kind}/{one.id}", kind, by.account, by.name, by.organisation, aimed=aimed)


def _of_save(save: Save, row: NoticeRow) -> NoticeRow:
    """A row with when a save was, and whose doing."""
    by = save.author
    return replace(row, moment=utc_moment(save.when), speaker=by.email, name=by.name, organisation=by.organisation)


def _for(row: NoticeRow, account: str) -> NoticeRow:
    """A row, as one account has it for itself."""
    return replace(row, account=account, aimed=(account,) if account in row.aimed else ())


def _row(notice: Notice, title: Callable[[str], str]) -> NoticeRow:
    said, about = notice.said, notice.about
    section, item = (about[0].section, about[0].item) if about else ("", "")
    return NoticeRow(
        "",
        utc_moment(said.moment),
        notice.id,
        notice.kind,
        said.by.account,
        said.by.name,
        said.by.organisation,
        section,
        item,
        title(item) if item else "",
        len(about),
        notice.step,
        notice.done,
        tuple(sorted(notice.to)),
    )


def _titles(open_card: Stored) -> Callable[[str], str]:
    """What an item is called, for everybody; empty for one that is shielded from anybody, or not there."""
    shape = open_card.edition.shape
    namer, items = Namer(open_card.document, shape), index(open_card.document, shape)
    return lambda item: namer.item(item, _LONGEST_TITLE) if item in items else ""


def _capped(rows: Iterable[NoticeRow]) -> Iterator[NoticeRow]:
    def of(one: NoticeRow) -> tuple[str, str]:
        return one.account, one.kind

    for _account_and_kind, group in groupby(sorted(rows, key=of), of):
        yield from sorted(group, key=lambda one: (one.moment, one.id))[-MOST:]


def _readers(desk: Desk, access: Access) -> list[Actor]:
    """All who read a card, or soon may; each once, by account."""
    known, now = desk.accounts.known(), utc(desk.clock())
    able = {name for name, role in desk.types.roles.card.items() if rights.READ in role.may}
    subjects = {one.subject for one in access.grants if one.role in able and (not one.until or now < one.until)}
    people = (actor_of(account, known) for account in known.accounts.values())
    return sorted((one for one in people if one.id and subjects & set(one.subjects)), key=lambda one: one.id)
