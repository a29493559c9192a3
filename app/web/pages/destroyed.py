"""Vernietigd: what is left of the cards that the person at the page lately had destroyed; nothing of the family."""

from flask import Blueprint, render_template

from app.services import destroying, rights
from app.services.actors import speaker_in
from app.web.doors import needs
from app.web.session import actor, desk

pages = Blueprint("destroyed", __name__)


@pages.get("/vernietigd")
@needs(rights.LIST)
def show() -> str:
    """Say of each that it is done, when, on which ground and by whom."""
    return render_template(
        "destroyed.html",
        stones=destroying.lately(desk(), actor()),
        grounds=desk().types.retention.grounds,
        name=lambda signed: speaker_in(signed).name,
        days=destroying.TOLD.days,
    )
