"""What one person may hear of what was said about a card."""

from dataclasses import replace

from app.content.items import pointers
from app.content.overleg import PROPOSED, TAKEN, Said
from app.content.overleg_state import Overleg
from app.content.shielding import concealed
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
    found = []
    for one in whole.said:
        never = one.kind == PROPOSED and one.id not in taken and not one.about[0].digest
        about = tuple(
            each
            for each in one.about
            if seen.may_hear(each, one.by.account, was_there=not never or each.item in newest)
        )
        if about == one.about:
            found.extend(_as_seen(one, seen))
        elif about:
            found.append(replace(one, about=about, text=""))
    return Overleg(found)


def _as_seen(one: Said, seen: View) -> list[Said]:
    """What is proposed without what this person may not see; nothing where nothing sensible is left of it."""
    if one.content is None:
        return [one]
    shape, section = seen.types.current.shape, one.about[0].section
    document = {section: [one.content]}
    gone = {pointer.target for pointer in pointers(document, shape) if seen.hides(pointer.target)}
    left = concealed(document, shape, gone).get(section)
    return [replace(one, content=left[0])] if left else []
