"""What every answer tells the browser: nothing from elsewhere, nothing kept, nothing run but our own files."""

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask, abort, request
from werkzeug.wrappers import Response

from app.web.reached import SECURE

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; "
        "form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
TLS_ONLY = {"Strict-Transport-Security": "max-age=63072000; includeSubDomains"}
"""For two years a browser does not even try to come without TLS."""
_REFERRER = "Referrer-Policy"
_SAFE = {"GET", "HEAD", "OPTIONS"}
_OTHERS = {"cross-site", "same-site"}
_ONE_YEAR = "public, max-age=31536000, immutable"


def attach(app: Flask, static: Path) -> None:
    """Put the headers on every answer of the application, and let browsers keep its own files.

    Args:
        app: the application.
        static: the folder of its files; their addresses carry a hash, so that a new file is a new address.
    """
    hashes = {file.name: hashlib.sha256(file.read_bytes()).hexdigest()[:12] for file in static.iterdir()}

    @app.url_defaults
    def with_hash(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and values.get("filename") in hashes:
            values["v"] = hashes[values["filename"]]

    always = {**HEADERS, **(TLS_ONLY if app.config[SECURE] else {})}

    @app.before_request
    def not_from_elsewhere() -> None:
        """Besides the token: a browser says which site sends a form, and no page can make it say otherwise."""
        if request.method not in _SAFE and request.headers.get("Sec-Fetch-Site") in _OTHERS:
            abort(400)

    @app.before_request
    def not_too_many() -> None:
        """Flask counts the parts of a form only where files may come along."""
        if sum(map(len, request.form.listvalues())) > app.config["MAX_FORM_PARTS"]:
            abort(413)

    @app.after_request
    def with_headers(response: Response) -> Response:
        referrer = response.headers.get(_REFERRER, always[_REFERRER])  # a page may tell less, never more
        response.headers.update(always)
        response.headers[_REFERRER] = "no-referrer" if referrer == "no-referrer" else always[_REFERRER]
        known = request.endpoint in ("static", "about.style") and response.status_code in (200, 304)
        response.headers["Cache-Control"] = _ONE_YEAR if known and "v" in request.args else "no-store"
        return response
