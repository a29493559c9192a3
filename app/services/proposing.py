"""Proposals: an item as somebody wants it, kept apart from the card until somebody else takes it over or refuses it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.content import Document
from app.content.changes import changes
from app.content.items import find
from app.content.overleg import PROPOSED, About, Said
from app.content.overleg_state import Overleg
from app.content.problems import InvalidCard, refuse
from app.content.validate import has_form
from app.services import rights
from app.services.actors import Actor
from app.services.awaited import Awaited, awaited, on_now, require_none, with_awaited
from app.services.desk import Desk
from app.services.editing import written
from app.services.errors import Conflicted, NotAllowed
from app.services.overleg import heard, new_said, say
from app.services.owed import about_of, abouts
from app.services.proposed import open_proposals
from app.services.saving import held, new_item_id, prospect
from app.services.spoken import spoken
from app.services.viewing import View, view
from app.services.wishing import wish_for, with_item, without_item

REASON = "reden"
"""The field of why, in problems."""
_PROPOSAL_ID_LENGTH = 10
_NOT_HERE = "Van dit onderdeel van de kaart kunt u geen voorstel doen."
_NOTHING = "Zo staat het al op de kaart. Wijzig iets om het voor te stellen."


def propose(
    desk: Desk, actor: Actor, kaart_id: str, section: str, item: dict[str, Any], base: str, reason: str
) -> Said:
    """Propose an item as this person wants it, new or changed; what others saved since `base` is kept.

    It joins the open proposal of this person, in the place of what was proposed of the item before.

    Raises:
        InvalidInput: there is no reason, or one that cannot be kept.
        InvalidCard, Conflicted: the card cannot be so; as `editing.save_item`.
        NotAllowed: this person may not propose this, or the card is closed.
        NotFound: there is no such card or revision for this person.
        StoreError: nothing was proposed.
    """
    if section not in desk.types.review.sections:
        raise NotAllowed(_NOT_HERE)
    item = {"id": new_item_id(desk, desk.types.current.shape[section].prefix), **item}
    wanted = _Wanted(section, item["id"], item)
    return _propose(desk, actor, kaart_id, base, reason, [wanted])[0]


def propose_removal(desk: Desk, actor: Actor, kaart_id: str, section: str, item: str, base: str, reason: str) -> Said:
    """Propose that an item goes; raises as `propose`."""
    wanted = _Wanted(section, item, None)
    return _propose(desk, actor, kaart_id, base, reason, [wanted])[0]


def propose_file(desk: Desk, actor: Actor, kaart_id: str, data: bytes, form: str, base: str, reason: str) -> list[Said]:
    """Propose all that differs between a whole card in its written form and the card at `base`; raises as `propose`."""
    before = view(desk, actor, kaart_id).read(base).document
    with written(desk, data, form) as held_in_file:
        document = wish_for(desk, actor, kaart_id, base, "", lambda _: held_in_file).wanted(before)
        has_form(document, desk.types.edition_of(document))
        changed = [one for one in changes(before, document) if one.kind != "moved"]
        if any(one.path[0] not in desk.types.review.sections for one in changed):
            raise NotAllowed(_NOT_HERE)
        items = [(one["id"], key) for key in desk.types.review.sections for one in _both(before, document, key)]
        wanted = []
        for item, section in dict.fromkeys(items):
            old, new = (find(one, (section, item)) for one in (before, document))
            if old != new:
                wanted.append(_Wanted(section, item, new))
        if not wanted:
            raise refuse(_NOTHING)
        return _propose(desk, actor, kaart_id, base, reason, wanted, document)


def change_of(desk: Desk, said: Said, content: Document | None) -> Callable[[Document], Document]:
    """What a proposal does to a card, with this content of the item; takes it away where there is none."""
    section, item = said.about[0].section, said.about[0].item
    return with_item(desk, section, content) if content is not None else without_item(desk, section, item)


def clean_reason(reason: str) -> str:
    """Why, in normal form; raises `InvalidInput` where it is missing, too long or cannot be kept."""
    return spoken(reason, REASON, "Schrijf op waarom.")


@dataclass(frozen=True)
class _Wanted:
    """An item as somebody wants it: its section, its id, and what it holds; None where it is to go."""

    section: str
    item: str
    content: Document | None


def _propose(
    desk: Desk,
    actor: Actor,
    kaart_id: str,
    base: str,
    reason: str,
    wanted: Sequence[_Wanted],
    whole: Document | None = None,
) -> list[Said]:
    """Say all of it at once; each item could be taken over on its own, or after what it points at.

    Args:
        desk: what to work with.
        actor: who.
        kaart_id: which card.
        base: the revision that this person started from.
        reason: why.
        wanted: the items.
        whole: the card with all of them, where it is known.
    """
    words = clean_reason(reason)
    with held(desk, kaart_id) as writer:
        desk.require(actor, rights.PROPOSE, kaart_id)
        seen = view(desk, actor, kaart_id)
        overleg = heard(desk, seen)
        own = next((one.id for one in open_proposals(overleg) if one.by.account == actor.id), "")
        number = own or f"v-{desk.draw(_PROPOSAL_ID_LENGTH)}"
        begun = [
            replace(
                new_said(desk, actor, PROPOSED),
                text=words,
                proposal=number,
                about=(About(one.section, one.item),),
                content=one.content,
            )
            for one in wanted
        ]
        together = Overleg([*overleg.said, *begun])
        said = _at_once(desk, actor, seen, base, begun, whole) if whole else None
        said = said or [_proposed(desk, actor, seen, base, one, together) for one in begun]
        say(desk, writer, actor, said)
    return said


def _at_once(
    desk: Desk, actor: Actor, seen: View, base: str, begun: Sequence[Said], whole: Document
) -> list[Said] | None:
    """All items as they would be on the card of now, judged once; None where each has to be judged on its own.

    Changed and new items that hold together on the card hold on it one by one, or after what they point at. What goes
    may have to go after another, and what does not hold together may be the fault of one.
    """
    if any(one.content is None for one in begun):
        return None
    wish = replace(wish_for(desk, actor, seen.kaart_id, base, "", lambda _: whole), action=rights.PROPOSE)
    try:
        current, document = prospect(desk, wish, seen)
    except (Conflicted, InvalidCard):
        return None
    about, said = abouts(desk, current, document), []
    for one in begun:
        section, item = one.about[0].section, one.about[0].item
        content = find(document, (section, item))
        if content == find(current.document, (section, item)):
            return None
        said.append(replace(one, revision=current.revision, about=(about(section, item),), content=content))
    return said


def _proposed(desk: Desk, actor: Actor, seen: View, base: str, begun: Said, together: Overleg) -> Said:
    """One item as it would be on the card of now, with what it points at that is only proposed."""
    section, item, wanted = begun.about[0].section, begun.about[0].item, begun.content
    if section not in desk.types.review.sections:
        raise NotAllowed(_NOT_HERE)
    waiting: list[Awaited] = []
    if wanted is not None:
        shape = desk.types.current.shape
        waiting = awaited(shape, together, begun, wanted, seen.read().document)
        require_none([one for one in waiting if one.verdict], shape, section, wanted)
        wanted, base = on_now(seen, section, item, wanted, base)
    change = change_of(desk, begun, wanted)
    wish = wish_for(desk, actor, seen.kaart_id, base, "", lambda one: change(with_awaited(one, waiting)), item)
    current, document = prospect(desk, replace(wish, action=rights.PROPOSE), seen)
    content = find(document, (section, item))
    if content == find(current.document, (section, item)):
        raise refuse(_NOTHING, (section, item))
    about = (about_of(desk, current, section, item, document),)
    return replace(begun, revision=current.revision, about=about, content=content)


def _both(before: Document, after: Document, section: str) -> list[Document]:
    return [*before.get(section, ()), *after.get(section, ())]
