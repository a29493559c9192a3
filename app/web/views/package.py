"""A package in words: what is in it, and where it differs from the card that is here."""

from collections.abc import Mapping

from app.content import Path
from app.content.items import Namer, locate
from app.services.unpacked import Unpacked
from app.storage.records import Stored
from app.web.forms.view import Clash
from app.web.views.said import Finder, place, say

HERE, THERE = "hier", "pakket"
"""What is chosen where both sides differ: what stands here, or what is in the package."""


def held_in(kaart: Stored) -> list[tuple[str, int]]:
    """The lists of a card that hold anything, each with how many."""
    shape = kaart.edition.shape
    return [
        (shape[key].title, len(held)) for key, held in kaart.document.items() if shape[key].kind == "items" and held
    ]


def clashes_of(found: Unpacked, chosen: Mapping[str, str]) -> list[Clash]:
    """Where both sides differ, in words; with what was chosen so far."""
    if found.ours is None:
        return []
    theirs = found.comparison.new if found.comparison else found.ours
    shape = found.ours.edition.shape
    mine, other = Namer(found.ours.document, shape), Namer(theirs.document, shape)
    find, beyond = Finder(found.ours.document), Finder(theirs.document)
    made = []
    for one in found.conflicts:
        field = locate(shape, one.path) or shape[one.path[0]]
        known = (find, mine) if _is_there(find, one.path) else (beyond, other)
        name = ".".join(one.path)
        before, here, there = say(field, one.base, mine), say(field, one.mine, mine), say(field, one.theirs, other)
        made.append(Clash(name, place(shape, one.path, *known), before, there, here, chosen.get(name, "")))
    return made


def _is_there(find: Finder, path: Path) -> bool:
    return find(path[:2]) is not None
