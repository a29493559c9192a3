"""The outline of a Markdown file: its headings, the bullets below each, and the lines of each part.

markdown-it-py finds the structure, with the few block rules that the form of a card uses, so that nothing in a
text can hide the rest of the card: no fences, HTML, quotations, underlined headings or link definitions. Indented
code and lines across the page stay on, so that what is no heading or list to a Markdown viewer is none here.
Signs within a line keep the meaning that `markdown_text` gives them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from app.content.problems import refuse

MAX_LINES = 100_000
MAX_HEADINGS = 20_000
"""More than any card has; the time to read a file grows with them."""


@dataclass(slots=True)
class Bullet:
    """One bullet, its text as written, and the bullets below it."""

    line: int
    text: str = ""
    nested: list["Bullet"] = field(default_factory=list)


@dataclass(slots=True)
class Part:
    """One heading and what stands below it up to the next heading.

    Attributes:
        level: the number of ``#``; 0 for what stands before the first heading.
        title: the words of the heading, as written.
        line: its line, counted from 1.
        start: the first line below it, counted from 0.
        end: the line after the last.
        bullets: the bullets, in order.
        stray: the line and first words of each thing that is no bullet.
    """

    level: int
    title: str
    line: int
    start: int
    end: int = 0
    bullets: list[Bullet] = field(default_factory=list)
    stray: list[tuple[int, str]] = field(default_factory=list)


_HEADING = re.compile(r"#{1,6}(?:[ \t\n]|\Z)")
_SIMPLE = re.compile(r"(  )?- ([^\s#*+_=>~\d-][^\n]*)")


def simple_bullets(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A block rule for lists as the writer leaves them; any other list is for markdown-it's own rule.

    It finds the same bullets as that rule, six times as fast; a card has hundreds of them.
    """
    if silent or state.level or state.blkIndent:
        return False
    bullets: list[Bullet] = []
    line = start
    while line < end and not state.isEmpty(line) and not _HEADING.match(state.src, state.bMarks[line]):
        found = _SIMPLE.match(state.src, state.bMarks[line], state.eMarks[line])
        if not found or (found[1] and not bullets):
            return False
        among = bullets[-1].nested if found[1] else bullets
        among.append(Bullet(line + 1, found[2].rstrip(" \t")))
        line += 1
    if not bullets:
        return False
    following = state.skipEmptyLines(line)
    if following < end and state.sCount[following] > 0:
        return False  # it may belong to the last bullet
    state.push("simple_bullets", "ul", 0).meta["bullets"] = bullets
    state.line = line
    return True


_PARSER = MarkdownIt("zero", {"maxNesting": 20})
_PARSER.block.ruler.before("list", "simple_bullets", simple_bullets)
_PARSER.enable(["code", "hr", "list", "heading"])
_PARSER.core.ruler.enableOnly(["block"])
_DEEPEST_LIST = 19
"""The level of a list item whose inside markdown-it would leave out, together with the rest of the file."""


def is_too_large(text: str) -> bool:
    """Whether a file goes past a cap; what `outline` refuses must not be written either."""
    return text.count("\n") >= MAX_LINES or text.count("\n#") > MAX_HEADINGS


def outline(text: str) -> list[Part]:
    """The parts of a file, in order; the first one is what stands before the first heading.

    Args:
        text: with line feeds as the only line ends.

    Raises:
        InvalidCard: it has more lines or deeper lists than a card can have.
    """
    if is_too_large(text):
        raise refuse(f"Dit bestand is te lang: hoogstens {MAX_LINES} regels en {MAX_HEADINGS} koppen.")
    parts = [Part(0, "", 1, 0)]
    tokens = _PARSER.parse(text)
    for position, token in enumerate(tokens):
        if token.type == "heading_open" and token.level == 0:
            start, end = token.map or (0, 1)
            parts[-1].end = start
            parts.append(Part(int(token.tag[1]), tokens[position + 1].content, end, end))
        elif token.type == "simple_bullets":
            parts[-1].bullets += token.meta["bullets"]
        elif token.content or token.type == "list_item_open" or token.type == "hr":
            _add(parts[-1], token, tokens[position - 1])
    parts[-1].end = text.count("\n") + 1
    return parts


def _add(part: Part, token: Token, before: Token) -> None:
    line = (token.map or [0])[0] + 1
    if token.type == "list_item_open":
        if token.level == 1:
            part.bullets.append(Bullet(line))
        elif token.level == 3:
            part.bullets[-1].nested.append(Bullet(line))
        elif token.level >= _DEEPEST_LIST:
            raise refuse("Hier staan te veel streepjes of sterretjes achter elkaar.", line=line)
        else:
            part.stray.append((line, ""))
        return
    depth = token.level // 2
    if before.type == "heading_open":
        if token.level == 1:
            return  # the words of the heading of the part
        words = f"{before.markup} {token.content}"
    else:
        words = token.content or token.markup
    if depth == 0 and token.type != "hr":
        part.stray.append((line, words))
    elif depth == 1:
        _append(part.bullets[-1], words)
    elif depth == 2:
        _append(part.bullets[-1].nested[-1], words)


def _append(bullet: Bullet, words: str) -> None:
    bullet.text = f"{bullet.text}\n{words}" if bullet.text else words


def first_values(parts: Sequence[Part], labels: Sequence[str]) -> dict[str, tuple[int, str]]:
    """The line and the value of the first bullet with each of the labels, in the sections of the card itself.

    For what must be known before the labels of the file are.
    """
    found: dict[str, tuple[int, str]] = {}
    for part in parts:
        for bullet in part.bullets if part.level <= 2 else ():
            label, value = split_label(bullet.text)
            if value is not None and label.casefold() in labels:
                found.setdefault(label.casefold(), (bullet.line, value))
    return found


def split_label(text: str) -> tuple[str, str | None]:
    """The label and the value of a bullet, the label perhaps bold; no value where there is no colon."""
    label, colon, value = text.partition(":")
    opener = label[: len(label) - len(label.lstrip("*_"))]
    if opener and label[len(opener) : len(opener) + 1].strip():
        label = label[len(opener) :]
        if label.endswith(opener):
            label = label.removesuffix(opener)
        else:
            value = value.removeprefix(opener)
    return label.strip(), value.strip() if colon else None
