"""A package as a file for the browser; it is gone here once it was sent."""

from contextlib import AbstractContextManager

from flask import send_file
from werkzeug.wrappers import Response

from app.services.boxes import Package


def handed_out(made: AbstractContextManager[Package]) -> Response:
    """Send a package that is made now, from disk; raises as what makes it."""
    with made as package:
        size = package.path.stat().st_size
        file = package.path.open("rb")  # it can be read to its end, also when its folder is gone
    answer = send_file(file, "application/octet-stream", as_attachment=True, download_name=package.name)
    answer.content_length = size
    return answer
