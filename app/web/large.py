"""The one address that takes a large file: for who may bring a package, and for nobody else."""

from flask import Flask, request

from app.services import rights
from app.services.parcels import MOST_BYTES, MOST_ZIP
from app.web.session import NotSignedIn, actor, current_person, desk

ADDRESS, ENDPOINT = "/ontvangen", "packages.bring"
LARGEST = MOST_BYTES + 64 * 1024
"""The file, and the rest of its form."""
MEGABYTES = MOST_ZIP // 1024**2
"""What people are told: a package itself; encrypted, it may be a little more."""


def attach(app: Flask) -> None:
    """Give that address room. Comes before the token of a form is looked at: for that the form is read."""

    @app.before_request
    def room() -> None:
        if request.endpoint != ENDPOINT:
            return
        if current_person() is None:
            raise NotSignedIn
        if desk().may(actor(), rights.CREATE):
            request.max_content_length = LARGEST
