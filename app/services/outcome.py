"""What somebody wants of a card, and what becomes of the card by it: brought together with what others saved since."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from app.content import Document
from app.content.agreement import renewed
from app.content.clean import clean
from app.content.merge import Merged, merge
from app.content.problems import InvalidCard, Problem
from app.content.protect import rewritten
from app.content.second import without_reasons
from app.content.shielding import revealed, told
from app.content.validate import validate
from app.services import rights
from app.services.actors import Actor
from app.services.desk import Desk
from app.services.errors import Conflicted
from app.services.viewing import View
from app.storage.kaart_writer import KaartWriter
from app.storage.records import Author, Stored


@dataclass(frozen=True)
class Wish:
    """What a person wants of a card.

    Attributes:
        actor: who.
        kaart_id: which card.
        base: the revision this person started from.
        reason: why, in normal form.
        wanted: makes the card that this person wants of the card at `base`, as this person sees it; raises where it
            cannot be.
        check: looks over the whole card at `base` and what becomes of it; raises `InvalidCard` where it cannot be.
        action: what `rights` is asked for.
        of: the id of the one item it is about, or the name of the step; or None.
        judge: looks over the whole card after others' changes were brought in; raises where it cannot be.
        author: whose change it is where that is somebody else: who proposed it.
        trailers: what made that possible, for each commit: such as what was said before, and who took it over.
        then: what is to be said once it is saved, with the card still held; where that fails, or the program dies in
            between, the trailers tell what to say yet.
        confirmed: whether a second person confirmed this very change.
        asks: what it is called in workflow.json, where a second person looks at it afterwards.
    """

    actor: Actor
    kaart_id: str
    base: str
    reason: str
    wanted: Callable[[Document], Document]
    check: Callable[[Document, Document], None]
    action: str = rights.EDIT
    judge: Callable[[Document], None] = lambda _: None
    of: str | None = None
    author: Author | None = None
    trailers: Sequence[tuple[str, str]] = ()
    then: Callable[[KaartWriter, "Saved"], None] = lambda _writer, _saved: None
    confirmed: bool = False
    asks: str = ""


@dataclass(frozen=True)
class Saved:
    """The outcome of a save.

    Attributes:
        revision: the card's revision after it.
        parts: how many commits were made; 0 when there was nothing to change.
        merged: whether changes of somebody else were brought together with these.
    """

    revision: str
    parts: int
    merged: bool = False


def becomes(desk: Desk, wish: Wish, seen: View, current: Stored, read_base: Callable[[], Stored]) -> Document:
    """The whole card after a wish; who agreed to other words is asked again, and a lifted shield keeps no reason.

    Args:
        desk: what to work with.
        wish: what is wanted.
        seen: the card for who wants it.
        current: the card as it is now.
        read_base: reads the card that this person started from, where that is another revision.

    Raises:
        InvalidCard: it cannot be a card, or changes what may not be changed.
        Conflicted: somebody else changed the same since, or both changes together are not a valid card.
    """
    if wish.base == current.revision:
        base, mine = current, own_card(wish, seen, current)
        document = mine
    else:
        base = read_base()
        mine, document = _brought_together(desk, wish, seen, base, current)
    shape = desk.types.edition_of(document).shape
    asked = renewed(document, base.document, mine, current.document, shape.agreements)
    return without_reasons(asked, (base.document, current.document), shape, desk.types.roles.shield)


def own_card(wish: Wish, seen: View, base: Stored) -> Document:
    """The whole card as this person wants it: what is shielded from him or her stands in it as it was."""
    shown = seen.shown(base)
    mine = wish.wanted(shown.document)
    whole = mine if shown is base else revealed(base.document, shown.document, mine, base.edition.shape)
    try:
        wish.check(base.document, whole)
    except InvalidCard as verdict:
        raise InvalidCard(told(verdict.problems, seen.hidden_in(base), mine)) from None
    return whole


def _brought_together(desk: Desk, wish: Wish, seen: View, base: Stored, current: Stored) -> tuple[Document, Document]:
    """The whole card as this person wants it, and that with what others changed since."""
    mine = own_card(wish, seen, base)
    merged = merge(base.document, mine, current.document)
    problems = [] if merged.conflicts else _problems(desk, current.document, merged.document)
    if merged.conflicts or problems:
        raise _conflicted(seen, base, mine, current, merged, problems)
    wish.judge(merged.document)
    return mine, merged.document


def _conflicted(
    seen: View, base: Stored, mine: Document, current: Stored, merged: Merged, problems: list[Problem]
) -> Conflicted:
    """What clashes, as far as this person may see it: nobody can clash on what is shielded from him or her."""
    saves = seen.look_back(list)
    known = [save.revision for save in saves]
    theirs = saves[: known.index(base.revision)] if base.revision in known else saves
    start, own, now = seen.shown(base), seen.shown(replace(base, document=mine)).document, seen.shown(current)
    if now is not current or start is not base:
        merged = merge(start.document, own, now.document)
    unseen = seen.hidden_in(current) | seen.hidden_in(base)
    return Conflicted(
        merged.conflicts,
        told(problems, unseen, merged.document),
        start.document,
        own,
        now,
        merged.document,
        [save for save in theirs if save.steps],
    )


def _problems(desk: Desk, current: Document, merged: Document) -> list[Problem]:
    """Why a merged document cannot be the next one after the current."""
    try:
        edition = desk.types.edition_of(merged)
        validate(clean(merged), edition)
    except InvalidCard as verdict:
        return verdict.problems
    return rewritten(current, merged, edition.shape)
