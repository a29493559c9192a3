"""What goes wrong, as one Dutch sentence with a way back. No traces and no paths of files reach a page."""

import json
import logging

from flask import Flask, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from app.services.errors import Conflicted, NotAllowed, NotFound, ServiceError, without_message
from app.services.sentences import sentence
from app.storage.errors import StoreError
from app.storage.records import InvalidRevision
from app.web import large
from app.web.doors import is_open_here
from app.web.language import _
from app.web.session import NotSignedIn, current_person
from app.web.stale import again_without_token, made_by_another, to_send_again
from app.web.typed_here import typed_here

_log = logging.getLogger("kaarten.web")
Answer = tuple[str, int] | tuple[str, int, dict[str, str]]


def _http_sentence(code: int) -> str:
    if code == 413 and request.endpoint == large.ENDPOINT:
        return _(
            "Dit bestand is te groot voor een pakket met een kaart. Het mag hoogstens %(most)s MB zijn.",
            most=large.MEGABYTES,
        )
    sentences = {
        400: _("Deze aanvraag klopt niet. Ga terug en probeer het nog eens."),
        403: _("Dit mag u niet doen."),
        404: _("Deze pagina is er niet, of u mag haar niet zien."),
        405: _("Deze pagina kan niet op deze manier worden gevraagd."),
        413: _("Dit is te veel tekst in één keer. Maak het korter."),
        422: _("Er is iets niet goed ingevuld."),
        503: _("De kaarten zijn op dit moment niet te bereiken. Probeer het later nog eens."),
    }
    return sentences.get(code, _("Er ging iets mis in het programma. Er is niets bewaard. Probeer het nog eens."))


def attach(app: Flask) -> None:
    """Answer every error of the application with a page."""
    app.register_error_handler(SecurityError, _strange_host)
    app.register_error_handler(CSRFError, _without_token)
    app.register_error_handler(NotSignedIn, _not_signed_in)
    app.register_error_handler(HTTPException, lambda error: _page(error.code or 500, _http_sentence(error.code or 500)))
    app.register_error_handler(NotFound, lambda error: _refused(404, str(error)))
    app.register_error_handler(NotAllowed, lambda error: _refused(403, str(error)))
    app.register_error_handler(ServiceError, lambda error: _page(422, str(error)))
    app.register_error_handler(Conflicted, lambda error: _page(409, str(error)))
    app.register_error_handler(InvalidRevision, lambda _error: _page(409, not_a_card()))
    app.register_error_handler(StoreError, store_failed)
    app.register_error_handler(Exception, _unforeseen)


def _strange_host(_error: SecurityError) -> tuple[str, int, dict[str, str]]:
    """Asked by a name that is not this machine's: there are no addresses to make a page with."""
    return "Deze aanvraag klopt niet.\n", 400, {"Content-Type": "text/plain; charset=utf-8"}


def _without_token(_error: CSRFError) -> ResponseReturnValue:
    try:
        if current_person() is None and not is_open_here():
            return _not_signed_in(NotSignedIn())
        return again_without_token() or _page(400, _stale_form())
    except Exception as error:  # the form cannot be shown any more: that has an answer of its own
        return current_app.handle_user_exception(error)


def _not_signed_in(_error: NotSignedIn) -> Answer:
    """What was sent comes back, to be sent again after signing in; a script is told in a sentence."""
    told = {"WWW-Authenticate": 'Cookie realm="Veiligheidskaart"'}
    if _is_for_a_script():
        problem = json.dumps({"title": _signed_out(), "status": 401})
        return problem, 401, {**told, "Content-Type": "application/problem+json"}
    return render_template("signed_out.html", again=to_send_again(), typed=typed_here()), 401, told


def _refused(status: int, sentence: str) -> Answer:
    """What this person may not do, or not know of; where another made the form, it comes back for who did."""
    if request.method != "POST" or _is_for_a_script() or not made_by_another():
        return _page(status, sentence)
    if not (again := to_send_again()):
        return _page(status, sentence)
    return render_template("other_name.html", sentence=sentence, again=again, typed=typed_here()), status


def _signed_out() -> str:
    return _(
        "U bent afgemeld. Wat u typt staat alleen nog op deze pagina. Laat haar open, meld u aan in een nieuw "
        "tabblad en kies dan hier ‘Bewaren’."
    )


def _stale_form() -> str:
    return _(
        "Deze pagina stond open sinds een vorig bezoek en is daarom niet verstuurd. "
        "Ga terug met uw browser, kopieer uw tekst en open het formulier opnieuw."
    )


def not_a_card() -> str:
    """What it means that the newest revision is not a card."""
    return _(
        "Deze versie is door een ander programma geschreven en is geen goede kaart. "
        "Wijzigen kan weer als een beheerder dat heeft hersteld."
    )


def base_is_gone() -> str:
    """What it means that the revision a form was made from is not one to start from."""
    return _(
        "Er is nog niets bewaard: de versie van de kaart waarmee u begon, is er niet. "
        "Vergelijk dit met de kaart zoals zij nu is, en stuur het dan opnieuw."
    )


def store_failed(error: StoreError) -> Answer:
    """The page for what the store could not do."""
    _log.error("store: %s: %s", type(error).__name__, error)
    return _page(503, sentence(error))


def _unforeseen(error: Exception) -> Answer:
    _log.error("unforeseen: %s", without_message(error))
    return _page(500, _http_sentence(500))


def _is_for_a_script() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _page(status: int, sentence: str) -> Answer:
    if _is_for_a_script():  # RFC 9457
        return json.dumps({"title": sentence, "status": status}), status, {"Content-Type": "application/problem+json"}
    kaart_id = (request.view_args or {}).get("kaart_id")
    back = url_for("cards.show", kaart_id=kaart_id) if kaart_id and request.endpoint != "cards.show" else ""
    return render_template("error.html", sentence=sentence, status=status, back=back, typed=typed_here()), status
