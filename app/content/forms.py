"""The two written forms of a card: JSON and Markdown, the same content."""

from collections.abc import Callable, Mapping

from app.content import Document, Path
from app.content.card_type import CardType
from app.content.changes import same
from app.content.clean import MAX_BYTES, decode, parse_json, too_large
from app.content.json_form import to_json
from app.content.json_lines import json_lines
from app.content.markdown_read import parse_markdown, with_lines
from app.content.markdown_write import to_markdown
from app.content.problems import InvalidCard, Problem, refuse
from app.content.validate import validate

FILES = {"json": "kaart.json", "markdown": "kaart.md"}
"""The written forms of a card and the file that each is kept in."""
ENDINGS = {form: name[name.rindex(".") :] for form, name in FILES.items()}


def form_named(filename: str) -> str:
    """The written form that a file is in, by the end of its name; empty where it is neither."""
    return next((form for form, ending in ENDINGS.items() if filename.lower().endswith(ending)), "")


class Draft:
    """A document read from its written form and not judged yet."""

    def __init__(self, document: Document, lines: Callable[[], Mapping[Path, int]]) -> None:
        """A document in normal form, and what finds the lines of its places: asked only when there is a fault."""
        self.document = document
        self._lines = lines

    def located(self, problems: list[Problem]) -> list[Problem]:
        """The problems of a later verdict on the document, each with its line."""
        return with_lines(problems, self._lines())


def read_form(data: bytes, form: str, types: CardType) -> Draft:
    """Read a written form, without asking whether it is a whole card.

    Args:
        data: the file.
        form: a key of `FILES`.
        types: knows the labels of each version.

    Raises:
        InvalidCard: the form itself cannot be read.
    """
    if form == "json":
        try:
            return Draft(parse_json(data), lambda: json_lines(decode(data)))
        except InvalidCard as verdict:
            if all(problem.line or not problem.path for problem in verdict.problems):
                raise
            raise InvalidCard(with_lines(verdict.problems, json_lines(decode(data)))) from None
    parsed = parse_markdown(data, lambda name, region: types.edition(name or types.current.name, region))
    return Draft(parsed.document, lambda: parsed.lines)


def parse_form(data: bytes, form: str, types: CardType) -> tuple[Document, bool]:
    """A valid card from its written form, in the current version of its schema; and whether it was in an older one.

    Raises:
        InvalidCard: it is not a card.
    """
    draft = read_form(data, form, types)
    try:
        validate(draft.document, types.edition_of(draft.document))
        newest = types.upgrade(draft.document)
        if newest is not draft.document:
            validate(newest, types.edition_of(newest))
    except InvalidCard as verdict:
        raise InvalidCard(draft.located(verdict.problems)) from None
    return newest, newest is not draft.document


def sealed(document: Document, form: str, types: CardType) -> bytes:
    """The written form of a valid card, after a look whether the very same card can be read from it.

    Raises:
        InvalidCard: it is too large, or would not be read back as it is; then it must not be kept.
    """
    data = write_form(document, form, types)
    if not same(read_form(data, form, types).document, document):
        raise refuse("Deze kaart kan zo niet worden bewaard: zij zou anders worden teruggelezen.")
    return data


def write_form(document: Document, form: str, types: CardType) -> bytes:
    """The written form of a valid card.

    Raises:
        InvalidCard: it would be larger than a card may be.
    """
    shape = types.edition_of(document).shape
    data = to_json(document, shape) if form == "json" else to_markdown(document, shape)
    if len(data) > MAX_BYTES:
        raise too_large()
    return data
