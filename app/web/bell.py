"""The bell in the head of each page: how many notices are new to who is there."""

from flask import Flask

from app.services import bell, rights
from app.storage.errors import StoreError
from app.web.session import actor, desk


def new_notices() -> int | None:
    """How many there are; None where this person has no bell: who reads no cards."""
    try:
        return bell.count_new(desk(), actor()) if desk().may(actor(), rights.LIST) else None
    except StoreError:
        return 0  # the page that people came for goes on; that of the bell says what is wrong


def attach(app: Flask) -> None:
    """Make it known to the templates."""
    app.jinja_env.globals["new_notices"] = new_notices
