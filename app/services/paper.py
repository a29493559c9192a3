"""Papers as PDF: to print, to give away and to keep. Each is PDF/A-2a and PDF/UA-1 in one.

What is on a paper goes to typst as JSON, so that no word of it is ever read as markup.
"""

import json
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

import typst

from app.content import HEAD, Document
from app.content import paper as content
from app.content.card_type import CardType
from app.content.items import dutch_date
from app.content.paper import Paper
from app.services.desk import ZONE
from app.services.pdf_ends import with_clear_ends

FONTS = '("Libertinus Serif", "New Computer Modern", "DejaVu Sans Mono")'
SIGNS = "paper_signs.json"
UNKNOWN = "□"
"""Stands for a sign that no font has, such as a small picture."""
_LACKS = f"Op dit papier staat soms {UNKNOWN}. Daar staat een teken dat dit papier niet kan tonen."
_STANDARDS: list[Any] = ["a-2a", "ua-1"]
_LONG_WORD, _STEP = re.compile(r"[^\s\u200b]{25,}"), 12
_NOT_JOINED = "\u200c"
_NOT_SEEN = " \n\u200b" + _NOT_JOINED


def card_paper(
    types: CardType,
    document: Document,
    *,
    state: str,
    revision: str,
    moment: datetime,
    made_by: str,
    notes: Sequence[str] = (),
) -> bytes:
    """A whole card as a PDF.

    Args:
        types: the type of the card.
        document: the card, or what somebody may see of it.
        state: where the card is in its life, in words.
        revision: which revision this is.
        moment: the moment at which the paper is made; it is on the paper.
        made_by: who made the paper.
        notes: sentences that must be seen, such as why something is left out.
    """
    number = str(document[HEAD]["id"])
    facts = (
        ("Kaartnummer", number),
        ("Toestand", state),
        ("Gemaakt op", said(moment)),
        ("Gemaakt door", made_by),
        ("Versie", revision[:10]),
    )
    footer = (f"Kaart {number}", f"Vertrouwelijk · {said(moment)}")
    return printed(content.card_paper(types, document, facts, footer, notes), moment)


def said(moment: datetime) -> str:
    """A moment in words."""
    here = moment.astimezone(ZONE)
    return f"{dutch_date(here.date().isoformat())}, {here:%H:%M} uur"


def printed(paper: Paper, moment: datetime) -> bytes:
    """A paper as a PDF; the same paper of the same moment has the same bytes."""
    for plainer in (printable, _without_marks, _latin):
        try:
            asked = _asked(paper, moment, plainer)
            result = typst.compile(_template(), format="pdf", pdf_standards=_STANDARDS, **asked)
        except typst.TypstError:  # each sign has a font, but no font has two that belong together
            if plainer is _latin:
                raise
        else:
            return with_clear_ends(bytes(result))
    raise AssertionError


def _asked(paper: Paper, moment: datetime, plainer: Callable[[str], str]) -> Any:
    here = moment.astimezone(ZONE)
    date = {key: getattr(here, key) for key in ("year", "month", "day", "hour", "minute", "second")}
    told = _each(asdict(paper), lambda text: _not_empty(text, plainer(text)))
    if UNKNOWN in json.dumps(told, ensure_ascii=False):
        told["blocks"] = [asdict(content.note("Tekens", _LACKS)), *told["blocks"]]
    return {
        "ignore_system_fonts": True,
        "sys_inputs": {"paper": json.dumps(told | {"date": date})},
        "timestamp": int(moment.timestamp()),
    }


def _each(value: Any, plainer: Callable[[str], str]) -> Any:
    """A value with each text in it made plainer."""
    if isinstance(value, str):
        return plainer(value)
    if isinstance(value, dict):
        return {key: _each(held, plainer) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [_each(held, plainer) for held in value]
    return value


def _not_empty(text: str, plain: str) -> str:
    """What is left of a text, or a sign that there was one where nothing can be seen of it: a heading needs words."""
    return plain if plain.strip(_NOT_SEEN) or not text.strip() else UNKNOWN


def _without_marks(text: str) -> str:
    """As `printable`, without signs that only stand on others."""
    return "".join(sign for sign in printable(text) if not unicodedata.category(sign).startswith("M"))


def _latin(text: str) -> str:
    """As `printable`, of the signs that every font has alone."""
    return "".join(sign if sign < "\u0180" or sign in "\u200b" + UNKNOWN else UNKNOWN for sign in printable(text))


def printable(text: str) -> str:
    """A text of signs that the fonts have, with places in its longest words where a line may end."""
    text = "".join(map(_sign, unicodedata.normalize("NFC", text)))
    return _LONG_WORD.sub(_broken, text)


def _broken(word: re.Match[str]) -> str:
    return "\u200b".join(word[0][at : at + _STEP] for at in range(0, len(word[0]), _STEP))


def _sign(sign: str) -> str:
    if "\u0020" <= sign <= "\u007e" or sign in ("\n", _NOT_JOINED):
        return sign
    if sign.isspace():
        return " "
    if unicodedata.category(sign) in ("Cc", "Cf") or "\ufe00" <= sign <= "\ufe0f":
        return ""  # not seen, or turns the reading direction
    starts, ends = _signs()
    place = bisect_right(starts, ord(sign)) - 1
    return sign if place >= 0 and ord(sign) <= ends[place] else UNKNOWN


@cache
def _signs() -> tuple[list[int], list[int]]:
    runs = json.loads(files("app.services").joinpath(SIGNS).read_text("utf-8"))
    return [start for start, _ in runs], [end for _, end in runs]


@cache
def _template() -> bytes:
    return files("app.services").joinpath("paper.typ").read_bytes()
