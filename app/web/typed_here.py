"""What somebody typed in a form that is answered with an error, so that it can be copied from that page."""

from flask import request
from werkzeug.exceptions import HTTPException

from app.content.items import locate
from app.services.errors import ServiceError
from app.storage.errors import StoreError
from app.web.forms.typed import REASON
from app.web.language import _
from app.web.session import desk
from app.web.stale import from_here

_SAID = "tekst"
"""What the field is called in which people type a text that is no field of an item."""


def typed_here() -> list[tuple[str, str]]:
    """The texts of the form that was sent, each with what it is called; none where another site may have sent it."""
    try:
        if request.method != "POST" or not from_here():
            return []
        fields = list(request.form.items(multi=True))
    except (HTTPException, ServiceError, StoreError):
        return []  # too large to be read at all
    named = ((_name_of(name), text) for name, text in fields if text.strip())
    return [(name, text) for name, text in named if name]


def _called() -> str:
    """What a text is, by the page whose form holds it."""
    page, answers = request.endpoint or "", bool(request.form.get("op"))
    called = {
        "talking.speak": _("Uw antwoord") if answers else _("Uw bericht"),
        "talking.keep": _("Uw visie"),
        "confirming.answer": _("Wat u erbij wilde zeggen"),
    }
    return called.get(page, _("De kaart als tekst"))


def _name_of(name: str) -> str:
    """What a field is called in which people type a text of their own; empty for any other."""
    if name == REASON:
        return _("Waarom")
    section = (request.view_args or {}).get("section", "")
    if name == _SAID and not section:
        return _called()
    if name.startswith(("opmerking.", "reden.")):
        return _("Opmerking") if name.startswith("opmerking.") else _("Waarom u iets afwijst")
    shape, steps = desk().types.current.shape, tuple(name.split("."))
    of_list = section in shape.fields and shape[section].kind == "items"
    field = locate(shape, (section, "", *steps) if of_list else (section, *steps) if section else steps)
    return field.title if field and field.kind in ("text", "multiline", "texts") else ""
