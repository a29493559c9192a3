"""Every route is walked; none is forgotten, and the walker itself is tested."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.services import editing
from app.services.desk import Desk
from app.storage.records import Stored
from tests.cards import small_card
from tests.desks import MEHMET
from tests.web.gateway import Gateway, Page, check_page

_WALKED = {
    "signing_in.persons": "/persoon",
    "signing_in.ask": "/aanmelden",
    "signing_in.ask_code": "/aanmelden/code",
    "single_sign_on.leave": "/aanmelden/elders",
    "single_sign_on.come_back": "/aanmelden/terug",
    "signing_in.invitation": f"/uitnodiging/{'x' * 43}",
    "own_account.show": "/account",
    "unsubscribing.ask": "/e-mail/afmelden/x",
    "own_account.ask_password": "/account/wachtwoord",
    "own_account.ask_factor": "/account/code",
    "own_account.ask_codes": "/account/herstelcodes",
    "session.health": "/gezond",
    "start.show": "/",
    "about.accessibility": "/toegankelijkheid",
    "about.style": "/stijl.css",
    "lists.cards": "/kaarten",
    "judging.overview": "/beoordelen",
    "judging.ask": "{kaart}/beoordelen",
    "talking.show": "{kaart}/overleg/a-1",
    "confirming.overview": "{kaart}/bevestigen",
    "destroyed.show": "/vernietigd",
    "destroying.show": "{kaart}/vernietigen",
    "deciding.overview": "{kaart}/voorstellen",
    "deciding.ask_accept": "{kaart}/voorstellen/e-weg/overnemen",
    "proposing.new": "{kaart}/voorstellen/afspraken/_nieuw",
    "proposing.edit": "{kaart}/voorstellen/afspraken/a-1",
    "proposing.ask_removal": "{kaart}/voorstellen/afspraken/a-2/weg",
    "making.new": "/kaarten/_nieuw",
    "cards.show": "{kaart}",
    "cards.at": "{kaart}/revisies/{revision}",
    "sharing.show": "{kaart}/delen",
    "sharing.new": "{kaart}/delen/_nieuw",
    "sharing.edit": "{kaart}/delen/r-mehmet",
    "sharing.ask_withdraw": "{kaart}/delen/r-mehmet/intrekken",
    "handing_over.show": "{kaart}/overdracht",
    "printing.show": "{kaart}/kaart.pdf",
    "family.show": "{kaart}/personen/p-1/versie",
    "packages.overview": "/ontvangen",
    "packages.show": "/ontvangen/b-0000000000",
    "emergency.ask": "/noodtoegang",
    "steps.ask": "{kaart}/stappen/activeren",
    "items.group": "{kaart}/kaart",
    "items.new": "{kaart}/personen/_nieuw",
    "items.edit": "{kaart}/personen/p-1",
    "removing.ask": "{kaart}/personen/p-1/verwijderen",
    "drafts.overview": "/klad",
    "moving.ask": "{kaart}/afspraken/a-1/verplaatsen",
    "history.timeline": "{kaart}/geschiedenis",
    "history.compare": "{kaart}/vergelijken?van={revision}",
    "origins.show": "{kaart}/afspraken/a-1/herkomst",
    "agreed.show": "{kaart}/afspraken/a-1/instemming",
    "origins.ask": "{kaart}/afspraken/a-1/terugzetten?versie={revision}",
    "text.edit": "{kaart}/tekst",
    "text.download": "{kaart}/kaart.md",
    "admin.overview": "/beheer",
    "admin.invitations": "/beheer/uitnodigingen",
    "admin.ask_invite": "/beheer/uitnodigen",
    "admin.show": "/beheer/accounts/sanne",
    "admin_organisations.overview": "/beheer/organisaties",
    "admin_organisations.show": "/beheer/organisaties/vt",
    "admin_installations.overview": "/beheer/installaties",
    "admin_installations.own": "/beheer/installaties/eigen",
    "admin_rights.show": "/beheer/rechten",
    "looked.show": "{kaart}/inzage",
    "keeping.due": "/bewaartermijn",
    "keeping.due_everywhere": "/beheer/bewaartermijn",
    "keeping.show": "{kaart}/bewaren",
    "keeping.ask_lift": "{kaart}/bewaren/x-weg/opheffen",
    "bell.show": "/berichten",
    "logbook.show": "/logboek",
    "logbook.export": "/logboek/logboek.csv",
    "admin_rights.export": "/beheer/rechten/rechten.csv",
    "static": "/static/base.css",
}
_FORBIDDEN = 403
"""For a professional: tests/web/test_admin.py and test_logbook.py walk those pages as who may see them."""


def _asked(app: Flask, method: str) -> set[str]:
    return {rule.endpoint for rule in app.url_map.iter_rules() if method in (rule.methods or ())}


def test_every_page_is_sound(app: Flask, browser: Gateway, kaart: str, now: Callable[[], Stored]) -> None:
    assert set(_WALKED) == _asked(app, "GET")
    statuses = {"about.style": 404, "signing_in.ask_code": 302, "signing_in.invitation": 404, "unsubscribing.ask": 404}
    statuses["packages.show"] = 404  # tests/web/test_packages.py walks it with a package
    statuses |= {"judging.ask": 403, "deciding.ask_accept": 404}  # tests/web/test_judging.py walks it as a reviewer
    statuses |= {"keeping.due_everywhere": _FORBIDDEN, "keeping.ask_lift": 404}
    statuses |= {"single_sign_on.leave": 404, "single_sign_on.come_back": 404}
    for endpoint, address in _WALKED.items():
        browser.get(
            address.format(kaart=kaart, revision=now().revision),
            statuses.get(endpoint, _FORBIDDEN if endpoint.startswith(("admin", "logbook")) else 200),
        )


def test_every_form_of_every_section_is_sound(browser: Gateway, kaart: str, desk: Desk) -> None:
    for section in desk.types.current.shape:
        if section.kind == "items":
            browser.get(f"{kaart}/{section.key}/_nieuw")


def test_nothing_is_changed_without_a_token(app: Flask, browser: Gateway, now: Callable[[], Stored]) -> None:
    before = now().revision
    holes = {
        "kaart_id": now().id,
        "section": "afspraken",
        "item": "a-1",
        "name": "activeren",
        "said": "e-weg",
        "identity": "k1kkkk",
    }
    holes |= {"grant": "r-mehmet", "account_id": "sanne", "organisation_id": "vt", "link": "x" * 43}
    holes |= {"installation_id": "i-0", "offer": "h-weg", "arrival": "h-weg", "parcel": "b-0000000000"}
    holes["number"] = "x-weg"
    rules = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    assert len(rules) == 76
    for rule in rules:
        if rule.endpoint == "unsubscribing.leave":  # a mailbox has no token; the signed link says that it may
            continue
        address = app.url_map.bind("localhost").build(
            rule.endpoint, {key: holes[key] for key in rule.arguments}, method="POST"
        )
        browser.post(address, {"_basis": before, "tekst": "x"}, 400)
    assert now().revision == before


def test_two_hundred_afspraken_are_one_sound_page(
    browser: Gateway, kaart: str, desk: Desk, now: Callable[[], Stored]
) -> None:
    held = now()
    card = small_card(kaart=held.document["kaart"])
    many = [{**card["afspraken"][0], "id": f"a-{number}x", "tekst": f"Afspraak {number}"} for number in range(200)]
    editing.save_card(desk, MEHMET, held.id, {**card, "afspraken": [*card["afspraken"], *many]}, held.revision, "")
    page = browser.get(kaart)
    assert len(page.all("//article[starts-with(@id, 'a-')]")) == 202
    browser.get(f"{kaart}/evaluaties/_nieuw")
    assert len(page.source) < 1_000_000


def _page(body: str, app: Flask) -> Page:
    response = app.test_client().get("/gezond")
    response.data = f"<!doctype html><html lang=nl><title>T</title><body>{body}".encode()
    response.mimetype = "text/html"
    return Page(response, "/proef")


_BAD = [
    "<p>geen kop</p>",
    "<h1>a</h1><h1>b</h1>",
    "<h1>a</h1><p id=x></p><p id=x></p>",
    "<h1>a</h1><input id=x name=x>",
    "<h1>a</h1><form method=post action=/x></form>",
    "<h1>a</h1><form method=get></form>",
    "<h1>a</h1><p style='color:red'>x</p>",
    "<h1>a</h1><script>1</script>",
    "<h1>a</h1><script src=/static/a.js></script>",
    "<h1>a</h1><script src=/static/a.js defer>1</script>",
    "<h1>a</h1><script src=/kaarten/a.js defer></script>",
    "<h1>a</h1><p onclick=x>x</p>",
    "<h1>a</h1><a href=#weg>x</a>",
    "<h1>a</h1><a href=https://elders.example>x</a>",
    "<h1>a</h1><h3>c</h3>",
    "<h1>a</h1><p aria-describedby=weg>x</p>",
]


def test_the_gateway_lets_a_sound_page_through(app: Flask) -> None:
    check_page(_page("<h1>a</h1><label for=x>X</label><input id=x name=x>", app))


@pytest.mark.parametrize("body", _BAD)
def test_the_gateway_sees_what_is_wrong(app: Flask, body: str) -> None:
    with pytest.raises(AssertionError):
        check_page(_page(body, app))
