"""What one person may hear of what was said about a card."""

from dataclasses import replace

from app.content.overleg import PROPOSED, TAKEN
from app.content.overleg_state import Overleg
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
            found.append(one)
        elif about:
            found.append(replace(one, about=about, text=""))
    return Overleg(found)
