"""The fields of a Markdown card: what each bullet and long text means, gathered with its line and its faults."""

from dataclasses import dataclass, field
from typing import Any, NoReturn

from app.content import Document, Path
from app.content.clean import clean_text
from app.content.items import where
from app.content.markdown_names import References, fold
from app.content.markdown_outline import Bullet, split_label
from app.content.markdown_text import unescape
from app.content.markdown_values import Wrong, perhaps, plain, read_json, read_value, short, split_foreign
from app.content.problems import InvalidCard, Problem
from app.content.shape import SINGULAR, Field, Shape
from app.content.validate import MOST_PROBLEMS


@dataclass(slots=True)
class Place:
    """An object of the document that is being filled: the card, a group or an item."""

    path: Path
    value: dict[str, Any]
    shape: Shape
    seen: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Reference:
    """A field with names, to be looked up when the whole card has been read; None is not found yet."""

    place: Place
    field: Field
    texts: list[tuple[int, str]]
    found: list[str | None]

    @property
    def path(self) -> Path:
        return (*self.place.path, self.field.key)

    def fill(self) -> None:
        known = [identity for identity in self.found if identity is not None]
        if known:
            self.place.value[self.field.key] = known if self.field.kind in SINGULAR else known[0]


class Fields:
    """Fills a document field by field; goes on after a fault, so that a person sees all of them at once."""

    def __init__(self, shape: Shape) -> None:
        """For a card of this shape, still empty."""
        self.document: Document = {}
        self.lines: dict[Path, int] = {(): 1}
        self.unnumbered: list[Place] = []
        self._shape = shape
        self._labels: dict[int, dict[str, Field]] = {}
        self._references: list[_Reference] = []
        self._problems: list[Problem] = []

    def wrong(self, path: Path, line: int, message: str) -> None:
        """Note a fault.

        Raises:
            InvalidCard: there are more than help anybody.
        """
        self._problems.append(Problem(path, message, where(self._shape, path), line))
        if len(self._problems) >= MOST_PROBLEMS:
            self._stop()

    def begin(self, place: Place, found: Field, line: int) -> bool:
        """Whether a field may be filled here; notes its line, or the fault that it stands there already."""
        path = (*place.path, found.key)
        if found.key in place.seen:
            self.wrong(path, line, f"‘{found.title}’ staat hier twee keer.")
            return False
        place.seen.add(found.key)
        self.lines[path] = line
        return True

    def text(self, place: Place, found: Field, line: int, raw: str) -> None:
        """Fill a long text that has begun, from its lines as written."""
        self._set(place, found, [(line, unescape(raw))])

    def bullet(self, place: Place, bullet: Bullet) -> None:
        """Fill the field that a bullet names."""
        try:
            foreign = split_foreign(bullet.text) if bullet.text.startswith("`") else None
        except Wrong as error:
            self.wrong(place.path, bullet.line, str(error))
            return
        if foreign:
            self._foreign(place, bullet, *foreign)
            return
        found, rest = self._find(place.shape, bullet.text)
        if found is None:
            self._unknown(place, bullet)
        elif found.kind in ("group", "items"):
            title = (found.kind == "items" and found.inner.title) or found.title
            self.wrong((*place.path, found.key), bullet.line, f"Schrijf ‘{title}’ als kop, met # ervoor.")
        elif found.key == "id" and place.value.get("id") == rest:
            return  # it says once more the number that stands in the heading
        elif self.begin(place, found, bullet.line):
            self._values(place, found, bullet, rest)

    def finish(self) -> None:
        """Look up the names in references, now that all items are known, and stop when there was a fault.

        Raises:
            InvalidCard: with all faults, in the order of the file.
        """
        names = References(self.document, self._shape)
        for reference in self._references:
            reference.found = [names.split(text)[1] for _, text in reference.texts]
            reference.fill()
        # The names of some items hold names of others, so what is written by name alone waits until here.
        for reference in self._references:
            if None in reference.found:
                self._by_name(names, reference)
        for reference in self._references:
            self._contradictions(names, reference)
        for place in self.unnumbered:
            if not place.value:
                self.wrong(
                    place.path, self.lines[place.path], "Hier staat niets onder. Vul het in, of haal de kop weg."
                )
        if self._problems:
            self._stop()

    def _stop(self) -> NoReturn:
        raise InvalidCard(sorted(self._problems, key=lambda each: each.line or 0))

    def _find(self, shape: Shape, text: str) -> tuple[Field | None, str]:
        """The field that a bullet begins with, and what follows it in plain text."""
        labels = self._labels.get(id(shape))
        if labels is None:
            labels = self._labels[id(shape)] = {fold(each.title): each for each in shape}
        label, value = split_label(text)
        found = labels.get(fold(unescape(label)))
        if found is not None:
            return found, plain(value or "")
        words = plain(text)
        for title, each in labels.items():  # after a question a person leaves out the colon
            if title.endswith("?") and fold(words[: len(each.title)]) == title:
                return each, words[len(each.title) :].strip()
        return None, ""

    def _unknown(self, place: Place, bullet: Bullet) -> None:
        label, value = split_label(bullet.text)
        if value is None:
            message = "Deze regel hoort bij geen veld. Schrijf eerst de naam van het veld en een dubbele punt."
        else:
            message = f"Het veld ‘{short(unescape(label))}’ hoort hier niet."
        self.wrong(place.path, bullet.line, message + perhaps(unescape(label), [each.title for each in place.shape]))

    def _foreign(self, place: Place, bullet: Bullet, key: str, text: str) -> None:
        found = place.shape[key]
        if not self.begin(place, found, bullet.line):
            return
        self._no_nested(place, found, bullet)
        try:
            value = read_json(found, text)
        except Wrong as error:
            self.wrong((*place.path, key), bullet.line, str(error))
        else:
            if value is not None:
                place.value[key] = value

    def _values(self, place: Place, found: Field, bullet: Bullet, rest: str) -> None:
        texts = [(bullet.line, rest)] if rest else []
        for each in bullet.nested:
            words = plain(each.text)
            if words:
                texts.append((each.line, words))
        if found.kind not in SINGULAR and len(texts) > 1:
            self._no_nested(place, found, bullet)
        elif texts and found.refers_to:
            self._references.append(_Reference(place, found, texts, []))
        elif texts:
            self._set(place, found, texts)

    def _no_nested(self, place: Place, found: Field, bullet: Bullet) -> None:
        if bullet.nested:
            message = "Hier hoort één waarde, zonder streepjes eronder."
            self.wrong((*place.path, found.key), bullet.nested[0].line, message)

    def _set(self, place: Place, found: Field, texts: list[tuple[int, str]]) -> None:
        path = (*place.path, found.key)
        values = []
        for line, text in texts:
            try:
                value = read_value(found, clean_text(text, path))
            except InvalidCard as error:
                self.wrong(path, line, error.problems[0].message)
            except Wrong as error:
                self.wrong(path, line, str(error))
            else:
                if value != "":
                    values.append(value)
        if values:
            place.value[found.key] = values if found.kind in SINGULAR else values[0]

    def _by_name(self, names: References, reference: _Reference) -> None:
        found = reference.field
        for position, (line, text) in enumerate(reference.texts):
            if reference.found[position] is not None:
                continue
            identities = names.named(text, found)
            if len(identities) == 1:
                reference.found[position] = identities[0]
                continue
            if identities:
                choice = " of ".join(identities[:5])
                message = f" staat vaker op deze kaart. Zet het nummer erachter: {choice}."
            elif names.is_unnumbered(text, found):
                message = " heeft nog geen nummer. Zet er een achter de kop, en gebruik het hier."
            else:
                message = f" staat niet op deze kaart.{perhaps(names.bare(text), names.choices(found))}"
            self.wrong(reference.path, line, f"‘{short(text)}’{message}")
        reference.fill()

    def _contradictions(self, names: References, reference: _Reference) -> None:
        for line, text in reference.texts:
            other = names.contradiction(text, reference.field)
            if other:
                meant = f"Bedoelt u ‘{names.write(other)}’?"
                self.wrong(reference.path, line, f"‘{short(text)}’ heeft de naam van een ander dan het nummer. {meant}")
