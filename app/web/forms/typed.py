"""What somebody is typing: one item of a card on its way from the schema to a form and back."""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from werkzeug.exceptions import BadRequest, NotFound

from app.content import Document, Path
from app.content.changes import by_id, keyed
from app.content.items import Namer, find, locate
from app.content.merge import Conflict
from app.content.problems import Problem
from app.content.shape import Field, Shape
from app.services.errors import Conflicted
from app.storage.records import Save, Stored
from app.web.converters import is_revision
from app.web.forms.purpose import Purpose
from app.web.forms.read import Form, read_item
from app.web.forms.view import Clash
from app.web.language import _
from app.web.views.said import say

BASE, EARLIER, REASON, ITEM, DRAFT, PLACE = "_basis", "_vorige", "_reden", "_id", "_klad", "_plaats"
CLASHES, CHOICE, MORE, ROW, KEEP = "_strijd", "_keuze.", "_meer", "_rij", "_bewaarklad"
MINE, THEIRS = "mijn", "ander"

UP, DOWN = "op", "neer"
NEW = "_nieuw"
"""Where an item is added. No id starts with this sign, so that it hides no item, also not one called ``nieuw``."""


@dataclass
class Typed:
    """An item being typed.

    Attributes:
        kaart: the card that it goes on from; its revision is the base of the save.
        section: the section it belongs to.
        path: its place on the card.
        value: the item as typed.
        reason: why, as typed.
        is_new: whether the page adds an item.
        clashes: what somebody else changed meanwhile, by the path within the item.
        earlier: the revision before that change, for showing it again.
        draft: the id of the draft that the form is kept in.
        purpose: what the form is for; None for saving it.
        second: whether it can be done only with a second person, who can be asked for it.
    """

    kaart: Stored
    section: Field
    path: Path
    value: Document
    reason: str = ""
    is_new: bool = False
    clashes: dict[str, Clash] = field(default_factory=dict)
    earlier: str = ""
    draft: str = ""
    purpose: Purpose | None = None
    second: bool = False

    @property
    def title(self) -> str:
        """What one item of this section is called."""
        return self.section.inner.title or self.section.title

    @property
    def place(self) -> str:
        """The address of the form, below that of the card; that of every new item of a section is the same."""
        if self.purpose:
            return self.purpose.place
        return f"{self.path[0]}/{NEW}" if self.is_new else "/".join(self.path)


def section_of(kaart: Stored, key: str) -> Field:
    """A section that can be edited; not found where there is none of that name."""
    section = kaart.edition.shape.fields.get(key)
    if section is None or section.shape is None:
        raise NotFound
    return section


def list_of(kaart: Stored, key: str) -> Field:
    """A section that is a list of items; not found where there is none of that name."""
    section = section_of(kaart, key)
    if section.kind != "items":
        raise NotFound
    return section


def draft_id(form: Form) -> str:
    """The id of the draft that a form is kept in; empty where it names none."""
    return drawn if is_revision(drawn := form.get(DRAFT, "")) else ""


def heading(
    section: Field, path: Path, value: Document, namer: Namer, *, is_new: bool, to_propose: bool = False
) -> str:
    """What a form is about, in a list of forms: ``Afspraak toevoegen: ‘Oma belt elke avond’``."""
    one = section.inner.title or section.title
    if to_propose:
        about = _("%(one)s voorstellen", one=one) if is_new else _("Voorstel bij %(one)s", one=one.lower())
    else:
        about = _("%(one)s toevoegen", one=one) if is_new else one
    name = namer.title(section, value) if len(path) > 1 else ""
    return about if name in ("", path[-1]) else f"{about}: ‘{name}’"


def posted_base(form: Form) -> str:
    """The revision that a form was made from."""
    if not is_revision(base := form.get(BASE, "")):
        raise BadRequest
    return base


def posted(form: Form, kaart: Stored, section: Field, path: Path, earlier: Stored | None, *, is_new: bool) -> Typed:
    """The item that a form holds.

    Args:
        form: what was posted.
        kaart: the card at the form's base.
        section: the section it belongs to.
        path: the item's place.
        earlier: the card before somebody else's change, when the form comes from a conflict.
        is_new: whether the page adds an item.
    """
    known = find(kaart.document, path)
    if known is None and earlier:
        known = find(earlier.document, path)
    if known is None and not is_new and len(path) > 1:
        raise NotFound
    held = known if known is not None else {"id": path[-1]} if len(path) > 1 else {}
    value = read_item(form, section.inner, held)
    entry = Typed(kaart, section, path, value, form.get(REASON, ""), is_new, draft=draft_id(form))
    entry.earlier = earlier.revision if earlier else ""
    _take_choices(form, entry, earlier or kaart)
    return entry


def on_card(entry: Typed) -> Document:
    """The card that the entry goes on from, with the entry in it."""
    document, key = entry.kaart.document, entry.path[0]
    if len(entry.path) == 1:
        return {**document, key: entry.value}
    return {**document, key: list({**by_id(document.get(key)), entry.path[1]: entry.value}.values())}


def shift_row(entry: Typed, wish: str) -> str:
    """Give a row of a nested list the place of its neighbour; its id, and an empty text where there is none.

    Args:
        entry: the item; it is changed.
        wish: the path of the row within the item, and where to: ``instemming.i-7k3mq.op``.
    """
    *steps, identity, way = wish.split(".") if wish.count(".") > 1 else ["", "", ""]
    rows = find(entry.value, tuple(steps))
    ids = [row["id"] for row in rows] if keyed(rows) else []
    if identity not in ids:
        return ""
    place = ids.index(identity)
    there = place - 1 if way == UP else place + 1
    if 0 <= there < len(ids):
        rows[place], rows[there] = rows[there], rows[place]
    return identity


def undecided(entry: Typed) -> list[Problem]:
    """The fields where this person has not chosen yet between the two sides."""
    return [
        Problem((*entry.path, *name.split(".")), _("Kies bij ‘%(field)s’ wat er moet staan.", field=clash.title))
        for name, clash in entry.clashes.items()
        if clash.choice not in (MINE, THEIRS)
    ]


def in_conflict(entry: Typed, conflict: Conflicted) -> Typed:
    """The entry on top of what somebody else saved: both sides together, mine where they clash."""
    merged = find(conflict.merged, entry.path)
    value: Document = deepcopy(merged if merged is not None else find(conflict.mine, entry.path) or entry.value)
    result = replace(entry, kaart=conflict.current, value=value, clashes={}, earlier=entry.kaart.revision)
    namers = [
        Namer(one, entry.kaart.edition.shape) for one in (conflict.base, conflict.current.document, conflict.mine)
    ]
    for one in conflict.conflicts:
        inner = one.path[len(entry.path) :]
        if one.path[: len(entry.path)] != entry.path or not inner:
            continue
        _put(value, inner, one.mine)
        found = locate(entry.kaart.edition.shape, one.path) or entry.section
        clash = _clash(".".join(inner), found, one, namers)
        result.clashes[clash.name] = clash
    return result


def name_the_other(entry: Typed, their_saves: Iterable[Save]) -> None:
    """Say with each clash who made the other side of it, and when."""
    for clash in entry.clashes.values():
        if save := who_touched(their_saves, entry.path, tuple(clash.name.split("."))):
            clash.by, clash.when = name_of(save), save.when


def who_touched(saves: Iterable[Save], path: Path, inner: Path) -> Save | None:
    """The newest of some saves that says it touched this field of an item; else the newest; None of none."""
    wanted, told = {*path[1:2], *inner[:1]}, [(save, _told(save)) for save in saves]
    found = next((save for save, touched in told if any(wanted <= words for words in touched)), None)
    return found or (told[0][0] if told else None)


def name_of(save: Save) -> str:
    """Who made a save, with the organisation."""
    return f"{save.author.name} ({save.author.organisation})" if save.author.organisation else save.author.name


def removed_by_other(entry: Typed, conflict: Conflicted) -> bool:
    """Whether somebody else removed the item that is being typed."""
    return any(one.path == entry.path and one.theirs is None for one in conflict.conflicts)


def _take_choices(form: Form, entry: Typed, earlier: Stored) -> None:
    """Take over what this person chose; a place where there can be nothing to choose is passed over."""
    asked = dict.fromkeys(form.getlist(CLASHES))
    if not asked:
        return
    shape, held = entry.kaart.edition.shape, entry.kaart.document
    before, theirs = find(earlier.document, entry.path), find(held, entry.path)
    places = dict(_places(entry.section.inner, before or {}, theirs or {}))
    namers = [Namer(earlier.document, shape), Namer(held, shape), Namer(held, shape)]
    for name in asked:
        if one := places.get(name):
            steps, choice = tuple(name.split(".")), form.get(CHOICE + name, "")
            sides = Conflict((*entry.path, *steps), find(before, steps), find(entry.value, steps), find(theirs, steps))
            entry.clashes[name] = _clash(name, one, sides, namers, choice)
            if choice == THEIRS:
                _put(entry.value, steps, sides.theirs)


def _places(shape: Shape, before: Document, theirs: Document, prefix: str = "") -> Iterator[tuple[str, Field]]:
    """Where within an item two people can meet: what the form asks of it, and the rows that somebody saved."""
    for one in shape:
        if one.read_only or one.kind == "foreign":
            continue
        name = prefix + one.key
        yield name, one
        sides = before.get(one.key), theirs.get(one.key)
        if one.kind == "group":
            yield from _places(one.inner, sides[0] or {}, sides[1] or {}, f"{name}.")
        elif one.kind == "items":
            old, new = by_id(sides[0]), by_id(sides[1])
            for identity in dict.fromkeys([*old, *new]):
                yield f"{name}.{identity}", one
                yield from _places(one.inner, old.get(identity, {}), new.get(identity, {}), f"{name}.{identity}.")


def _clash(name: str, one: Field, conflict: Conflict, namers: list[Namer], choice: str = "") -> Clash:
    sides = (conflict.base, conflict.theirs, conflict.mine)
    before, theirs, mine = (say(one, side, namer) for side, namer in zip(sides, namers, strict=True))
    return Clash(name, one.title, before, theirs, mine, choice)


def _put(value: Document, steps: Path, wanted: Any) -> None:
    """Set a place within an item (a field, or a row of a nested list); None takes it away."""
    holder: Any = value
    for number, step in enumerate(steps[:-1]):
        inner = find(holder, (step,))
        if inner is None and isinstance(holder, dict):
            inner = holder[step] = [] if number == len(steps) - 2 and len(steps) % 2 == 0 else {}
        holder = inner
    if isinstance(holder, list):
        rest = [row for row in holder if row.get("id") != steps[-1]]
        holder[:] = rest if wanted is None else [*rest, deepcopy(wanted)]
    elif isinstance(holder, dict) and wanted is None:
        holder.pop(steps[-1], None)
    elif isinstance(holder, dict):
        holder[steps[-1]] = deepcopy(wanted)


def _told(save: Save) -> list[set[str]]:
    """For each commit of a save, the items and fields that it says it touched."""
    trailers = [step.message.trailers.values() for step in save.steps]
    return [{word for values in one for value in values for word in value.split()} for one in trailers]
