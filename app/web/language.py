"""The words of the interface. The source language is Dutch; other languages follow by Flask-Babel's catalogues."""

from flask_babel import gettext, ngettext


def _(text: str, **values: object) -> str:
    """A text of the interface in the language of the page, with its values filled in."""
    return str(gettext(text, **values))


def _n(one: str, many: str, number: int, **values: object) -> str:
    """A text of the interface for a number: ``one`` for 1, ``many`` for the rest, with its values filled in."""
    return str(ngettext(one, many, number, **values))
