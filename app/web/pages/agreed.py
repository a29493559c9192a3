"""Who agreed to which words of an item."""

from flask import Blueprint, render_template

from app.content.items import Namer, find
from app.services import agreed, rights
from app.web.doors import needs
from app.web.forms import typed
from app.web.newest import newest
from app.web.session import actor, desk
from app.web.views.agreed import view_agreed
from app.web.views.card import title_of

pages = Blueprint("agreed", __name__, url_prefix="/kaarten/<kaart:kaart_id>/<key:section>/<item:item>")


@pages.get("/instemming")
@needs(rights.READ)
def show(kaart_id: str, section: str, item: str) -> str:
    """Show of each answer about which words it was given, held against the words of now."""
    kaart, damaged = newest(kaart_id)
    field, place = typed.section_of(kaart, section), (section, item)
    answers = agreed.agreed(desk(), actor(), kaart, place)
    return render_template(
        "agreed.html",
        kaart=kaart,
        card_title=title_of(kaart),
        damaged=damaged,
        field=field,
        item=item,
        name=Namer(kaart.document, kaart.edition.shape).title(field, find(kaart.document, place)),
        agreed=view_agreed(kaart, place, answers),
        may_edit=not damaged and desk().may(actor(), rights.EDIT, kaart, item),
    )
