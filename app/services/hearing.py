"""What one person may hear of what was said about a card."""

from dataclasses import replace
from operator import is_

from app.content import Document
from app.content.items import pointers
from app.content.overleg import PROPOSED, TAKEN, Said
from app.content.overleg_state import Overleg
from app.content.shape import Shape
from app.content.shielding import concealed
from app.services.desk import Desk
from app.services.viewing import View


def heard_of(seen: View, whole: Overleg) -> Overleg:
    """What was said, as far as the person of a view may hear it.

    What is about a shielded item is heard by those alone who may see it now and could when it was said; of what is
    about other items too, those are left, without the words: they may be about the shielded one.

    Args:
        seen: the card for this person.
        whole: all that was said about the card.
    """
    newest = seen.newest_items()
    taken = {target for one in whole.said if one.verdict == TAKEN for target in one.to}
    found, unheard = [], _unheard(seen, whole)
    for one in whole.said:
        never = one.kind == PROPOSED and one.id not in taken and not one.about[0].digest
        about = tuple(
            each
            for each in one.about
            if seen.may_hear(each, one.by.account, was_there=not never or each.item in newest)
        )
        if about == one.about:
            found.extend(_as_seen(one, seen, unheard))
        elif about:
            found.append(replace(one, about=about, text=""))
    # What somebody hears of nearly every card is all of it: that is in order already.
    return whole if len(found) == len(whole.said) and all(map(is_, found, whole.said)) else Overleg(found)


def _unheard(seen: View, whole: Overleg) -> set[str]:
    """The new items of which this person may not hear that somebody proposes them; they are on no card yet."""
    newest = seen.newest_items()
    return {
        about.item
        for one in whole.said
        for about in one.about
        if one.kind == PROPOSED and not about.digest and about.item not in newest
        if not seen.may_hear(about, one.by.account, was_there=False)
    }


def _as_seen(one: Said, seen: View, unheard: set[str]) -> list[Said]:
    """What is proposed without what this person may not see; nothing where nothing sensible is left of it."""
    if one.content is None:
        return [one]
    shape, section = seen.shape, one.about[0].section
    document = {section: [one.content]}
    named = {pointer.target for pointer in pointers(document, shape)}
    gone = {target for target in named if target in unheard or seen.hides(target)}
    left = concealed(document, shape, gone).get(section)
    return [replace(one, content=left[0])] if left else []


def changes_unseen(desk: Desk, seen: View, said_id: str) -> bool:
    """Whether what somebody wants of an item changes what it names of items that are shielded from this person.

    Args:
        desk: what to work with.
        seen: the card for this person.
        said_id: of what was said, with the item as it is wanted.
    """
    whole = Overleg(desk.kaarten.overleg(seen.kaart_id).said)
    said, unheard = next(one for one in whole.said if one.id == said_id), _unheard(seen, whole)
    shape, about = seen.shape, said.about[0]
    base = {one["id"]: one for one in desk.kaarten.read(seen.kaart_id, said.revision).document.get(about.section, ())}
    before, after = (
        _hidden_names(seen, shape, about.section, one, unheard) for one in (base.get(about.item), said.content)
    )
    return said.content is not None and before != after


def _hidden_names(seen: View, shape: Shape, section: str, item: Document | None, unheard: set[str]) -> set[str]:
    found = pointers({section: [item]}, shape) if item is not None else ()
    return {one.target for one in found if one.target in unheard or seen.hides(one.target)}
