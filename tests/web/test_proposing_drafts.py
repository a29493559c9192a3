"""Drafts of what somebody is proposing: kept, offered and removed as those of an edit, and never taken for one."""

import pytest

from app.services import drafting, proposed
from app.services.desk import Desk
from app.services.editing import save_item
from app.web import drafted
from tests.desks import MEHMET, SANNE
from tests.web.gateway import HERE, Gateway
from tests.web.test_drafts import KEEP, autosave, offered
from tests.web.test_proposing import app, desk, held, kaart, mehmet, sanne

__all__ = ["app", "desk", "kaart", "mehmet", "sanne"]
"""The fixtures of proposals serve here too."""
NEW = {"wie": "n-1", "frequentie": "Elke dag", "start": "2026-11-23", "toezichtDoor": "w-1", "status": "actief"}


def texts_of(desk: Desk, kaart: str) -> list[str]:
    """The text of each afspraak that is proposed."""
    found = proposed.proposals(desk, SANNE, kaart.rpartition("/")[2]).offered
    return [one.said.content["tekst"] for offer in found for one in offer.items if one.said.content]


def test_what_is_typed_in_a_proposal_is_kept_and_offered_and_goes_when_it_is_proposed(
    mehmet: Gateway, desk: Desk, kaart: str
) -> None:
    address = f"{kaart}/voorstellen/afspraken/a-1"
    form = mehmet.get(address)
    told = autosave(mehmet, form, {"tekst": "De buurvrouw haalt Noor op.", "_reden": "Oma kan niet."})
    assert str(told["sentence"]).startswith("Klad bewaard om ")
    assert texts_of(desk, kaart) == []
    for page in ("/klad", "/"):
        assert "Voorstel bij afspraak: ‘De buurvrouw haalt Noor op.’" in mehmet.get(page).text
        (link,) = offered(mehmet.get(page))
        assert link.startswith(f"{address}?klad=")
    opened = mehmet.get(address)
    assert "Dit hebt u nog niet voorgesteld." in opened.text
    resumed = mehmet.get(offered(opened)[0])
    assert (resumed.values()["tekst"], resumed.values()["_reden"]) == ("De buurvrouw haalt Noor op.", "Oma kan niet.")
    assert "Wat u hier invult, komt niet meteen op de kaart." in resumed.text
    mehmet.send(resumed)
    assert texts_of(desk, kaart) == ["De buurvrouw haalt Noor op."]
    assert drafting.mine(desk, MEHMET) == []
    assert not offered(mehmet.get(address))


def test_something_new_to_propose_is_kept_by_the_button_too(mehmet: Gateway, desk: Desk, kaart: str) -> None:
    address = f"{kaart}/voorstellen/afspraken/_nieuw"
    form = mehmet.get(address)
    page = mehmet.follow(mehmet.send(form, {**NEW, "tekst": "Oma belt."}, button=KEEP))
    assert "Uw klad is bewaard om " in page.text
    assert page.values()["_id"] == form.values()["_id"]
    assert "Afspraak voorstellen: ‘Oma belt.’" in mehmet.get(address).text
    back = mehmet.send(page, {}, 422)
    assert "Schrijf op waarom." in back.text
    mehmet.send(back, {"_reden": "Extra"})
    assert texts_of(desk, kaart) == ["Oma belt."]
    assert drafting.mine(desk, MEHMET) == []


def test_who_may_not_edit_keeps_no_draft_of_an_edit(mehmet: Gateway, desk: Desk, kaart: str) -> None:
    form = mehmet.get(f"{kaart}/voorstellen/afspraken/a-1")
    assert "mag u niet" in str(autosave(mehmet, form, {"_plaats": "afspraken/a-1"}, 403)["title"])
    assert "mag u niet" in str(autosave(mehmet, form, {"_plaats": "tekst"}, 403)["title"])
    autosave(mehmet, form, {"_plaats": "voorstellen/tekst"}, 400)
    assert drafting.mine(desk, MEHMET) == []


def test_a_draft_of_an_edit_and_one_of_a_proposal_of_the_same_item_stay_apart(
    sanne: Gateway, desk: Desk, kaart: str
) -> None:
    edit, to_propose = f"{kaart}/afspraken/a-1", f"{kaart}/voorstellen/afspraken/a-1"
    autosave(sanne, sanne.get(edit), {"tekst": "Zo wijzig ik het."})
    autosave(sanne, sanne.get(to_propose), {"tekst": "Zo stel ik het voor."})
    assert len(drafting.mine(desk, SANNE)) == 2
    for address, text in ((edit, "Zo wijzig ik het."), (to_propose, "Zo stel ik het voor.")):
        (link,) = offered(sanne.get(address))
        assert sanne.get(link).values()["tekst"] == text
        other = to_propose if address == edit else edit
        sanne.get(link.replace(address, other), 404)
    sanne.send(sanne.get(offered(sanne.get(to_propose))[0]), {"_reden": "Eerst overleg."})
    assert [one.place for one in drafting.mine(desk, SANNE)] == ["afspraken/a-1"]
    assert held(desk, kaart, "a-1")["tekst"] not in ("Zo wijzig ik het.", "Zo stel ik het voor.")


def test_a_form_to_edit_that_is_proposed_instead_takes_its_draft_along(sanne: Gateway, desk: Desk, kaart: str) -> None:
    form = sanne.get(f"{kaart}/afspraken/a-1")
    autosave(sanne, form, {"tekst": "Eerst even vragen."})
    values = form.values()
    values.setlist("tekst", ["Eerst even vragen."])
    (address,) = form.all("//button[@formaction]/@formaction")
    back = sanne.post(address, values, 422, HERE)
    assert [one.place for one in drafting.mine(desk, SANNE)] == ["voorstellen/afspraken/a-1"]
    sanne.send(back, {"_reden": "Wat vinden jullie?"})
    assert drafting.mine(desk, SANNE) == []


def test_what_was_proposed_before_the_program_died_is_not_offered_again(
    mehmet: Gateway, desk: Desk, kaart: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed, new = (mehmet.get(f"{kaart}/voorstellen/afspraken/{one}") for one in ("a-1", "_nieuw"))
    typed = {"tekst": "De buurvrouw.", "_reden": "Omdat."}
    autosave(mehmet, changed, typed)
    autosave(mehmet, new, {**NEW, **typed})
    with monkeypatch.context() as dies:
        dies.setattr(drafted, "done", lambda _: None)
        mehmet.send(changed, typed)
        mehmet.send(new, {**NEW, **typed})
    assert len(drafting.mine(desk, MEHMET)) == 2
    assert not offered(mehmet.get(f"{kaart}/voorstellen/afspraken/a-1"))
    assert not offered(mehmet.get(f"{kaart}/voorstellen/afspraken/_nieuw"))
    assert drafting.mine(desk, MEHMET) == []
    again = mehmet.get(f"{kaart}/voorstellen/afspraken/a-1")
    autosave(mehmet, again, {"_reden": "Om een andere reden."})
    assert offered(mehmet.get(f"{kaart}/voorstellen/afspraken/a-1"))


def test_a_form_to_propose_that_stood_open_too_long_comes_back_and_is_kept(
    mehmet: Gateway, desk: Desk, kaart: str
) -> None:
    form = mehmet.get(f"{kaart}/voorstellen/afspraken/a-1")
    back = mehmet.send(form, {"tekst": "De buurvrouw.", "_csrf": "oud"}, 409)
    assert back.values()["tekst"] == "De buurvrouw."
    assert texts_of(desk, kaart) == []
    (link,) = offered(mehmet.get("/klad"))
    assert mehmet.get(link).values()["tekst"] == "De buurvrouw."


def test_what_others_did_meanwhile_is_said_and_a_closed_card_can_still_be_read(
    mehmet: Gateway, desk: Desk, kaart: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, identity = f"{kaart}/voorstellen/afspraken/a-1", kaart.rpartition("/")[2]
    autosave(mehmet, mehmet.get(address), {"tekst": "De buurvrouw."})
    wanted = {**held(desk, kaart, "a-1"), "frequentie": "Elke week"}
    save_item(desk, SANNE, identity, "afspraken", wanted, desk.kaarten.head(identity), "Anders")
    opened = mehmet.get(address)
    assert "Sanne Bakker" in opened.texts("//main//ul[@class='saves']/li")[0]
    (link,) = offered(opened)
    monkeypatch.setattr("app.content.workflow.Workflow.editable", lambda *_: False)
    mehmet.get(address, 403)
    closed = mehmet.get(link)
    assert "kan nu niet worden gewijzigd" in closed.texts("//*[@role='alert']")[0]
    assert closed.values()["tekst"] == "De buurvrouw."


def test_a_form_to_take_a_proposal_over_keeps_no_draft(sanne: Gateway, mehmet: Gateway, desk: Desk, kaart: str) -> None:
    form = mehmet.get(f"{kaart}/voorstellen/afspraken/a-1")
    mehmet.send(form, {"tekst": "De buurvrouw.", "_reden": "Omdat."})
    said = proposed.proposals(desk, SANNE, kaart.rpartition("/")[2]).offered[0].items[0].said.id
    page = sanne.get(f"{kaart}/voorstellen/{said}/overnemen")
    assert not page.all("//form[@data-klad] | //button[@name='_bewaarklad']")
    sanne.send(page, button=KEEP, status=400)
    assert drafting.mine(desk, SANNE) == []
