"""Other installations: known by their key, added by who compared it, and by nobody else."""

import json
from pathlib import Path

import pytest

from app.services import installations
from app.services.actors import shell
from app.services.desk import Desk
from app.services.errors import InvalidInput, NotAllowed, NotFound
from app.services.installations import CARD, NUMBER, number_of
from app.settings import Settings
from app.storage.errors import StoreDamaged, StoreError
from app.storage.signing import Keys, fingerprint
from tests.administrators import actor, administered
from tests.desks import logged, open_test_desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return administered(open_test_desk(tmp_path))


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("other") / "sleutels")


def card(keys: Keys, **other: object) -> str:
    told = {"naam": "Regio Noord", "contact": "kaarten@noord.example", "sleutel": keys.public, "age": keys.recipient}
    return json.dumps({**told, **other})


def test_two_installations_get_to_know_each_other(desk: Desk, tmp_path: Path) -> None:
    there = administered(open_test_desk(tmp_path / "there"))
    own = installations.own(there, actor(there, "bea"))
    made = installations.add(desk, actor(desk, "bea"), own.card.decode(), own.number)
    assert (made.id, made.name, made.contact) == (there.keys.id, "CJG Halderberge", "proef@cjg.example")
    assert (made.key, made.recipient) == (there.keys.public, there.keys.recipient)
    assert (made.by, made.active) == ("Bea de Boer (CJG Halderberge) <bea>", True)
    assert made.since.endswith("+00:00")
    assert installations.fingerprint_of(made) == own.fingerprint == fingerprint(there.keys.public)
    assert open_test_desk(tmp_path).installations.get(made.id) == made
    assert installations.known(desk) == [(made.id, "CJG Halderberge")]
    line = logged(tmp_path)[-1]
    assert (line["event"], line["person"], line["outcome"]) == (
        "installation-add",
        f"installation:{made.id}",
        "toegestaan",
    )


@pytest.mark.parametrize("contact", [Settings.email, "Beheer@Noord.example"])
def test_the_file_of_an_installation_as_it_is_set_is_taken(desk: Desk, other: Keys, contact: str) -> None:
    told = card(other, contact=contact)
    assert installations.add(desk, actor(desk, "bea"), told, number_of(other.id)).contact == contact


def test_the_number_that_was_read_out_decides(desk: Desk, other: Keys) -> None:
    number = number_of(other.id)
    assert len(number.replace(" ", "")) == 20
    for wrong in (
        "",
        " ",
        number[:-1],
        number[:-1] + ("0" if number[-1] != "0" else "1"),
        number_of(desk.keys.id),
        "i-",
    ):
        with pytest.raises(InvalidInput) as told:
            installations.add(desk, shell("root"), card(other), wrong)
        assert list(told.value.problems) == [NUMBER]
    assert desk.installations.all() == {}
    for written in (number, number.upper(), f" {number.replace(' ', '-')} ", other.id):
        with pytest.raises(InvalidInput) as told:
            installations.add(desk, shell("root"), card(other, naam="<b>"), written)
        assert list(told.value.problems) == [CARD]
    installations.add(desk, shell("root"), card(other), f"i-{number}".upper())


def test_only_a_whole_card_is_read(desk: Desk, other: Keys) -> None:
    whole = card(other)
    bad = [
        "", "{}", "[]", "null", '"x"', "[" * 3000, whole[:-1], whole + "x",
        whole + " " * 5000 + "x",
        whole.replace("{", '{"naam": "x", ', 1), whole.replace("}", ', "meer": "x"}'),
        card(other, naam=""), card(other, naam=1), card(other, naam="x" * 200), card(other, naam="<b>"),
        card(other, contact="geen adres"), card(other, contact="a@b.example\nBcc: x@y.nl"), card(other, sleutel=""),
        card(other, sleutel=f"{other.public} naam"), card(other, sleutel=f"cert-authority {other.public}"),
        card(other, sleutel="ssh-rsa AAAA"), card(other, sleutel=None), card(other, age="age1x"), card(other, age=None),
    ]  # fmt: skip
    for one in bad:
        with pytest.raises(InvalidInput) as told:
            installations.add(desk, shell("root"), one, number_of(other.id))
        assert list(told.value.problems) == [CARD], one
    assert desk.installations.all() == {}
    assert installations.add(desk, shell("root"), card(other, age=""), number_of(other.id)).recipient == ""


def test_nobody_is_added_twice_under_another_name_or_as_oneself(desk: Desk, other: Keys, tmp_path: Path) -> None:
    installations.add(desk, shell("root"), card(other), number_of(other.id))
    third = Keys(tmp_path / "third")
    own = installations.own(desk, shell("root"))
    for one, number in (
        (card(other, naam="Anders"), number_of(other.id)),
        (card(third, naam="REGIO  NOORD"), number_of(third.id)),
        (own.card.decode(), own.number),
    ):
        with pytest.raises(InvalidInput) as told:
            installations.add(desk, shell("root"), one, number)
        assert list(told.value.problems) == [CARD]
    assert list(desk.installations.all()) == [other.id]


def test_one_that_stopped_is_offered_to_nobody_until_it_takes_part_again(
    desk: Desk, other: Keys, tmp_path: Path
) -> None:
    bea = actor(desk, "bea")
    made = installations.add(desk, bea, card(other), number_of(other.id))
    installations.set_active(desk, bea, made.id, active=False)
    assert installations.known(desk) == []
    assert [one.active for one in installations.listed(desk, bea)] == [False]
    installations.set_active(desk, bea, made.id, active=True)
    assert installations.known(desk) == [(made.id, "Regio Noord")]
    with pytest.raises(NotFound):
        installations.set_active(desk, bea, "i-0", active=False)
    events = [one["event"] for one in logged(tmp_path) if one["event"].startswith("installation-")]
    assert events == ["installation-add", "installation-stop", "installation-resume"]


def test_who_is_not_of_the_host_sees_and_changes_none(desk: Desk, other: Keys, tmp_path: Path) -> None:
    made = installations.add(desk, shell("root"), card(other), number_of(other.id))
    for who in ("vera", "sanne", "adri"):
        them = actor(desk, who)
        for attempt in (
            lambda them=them: installations.own(desk, them),
            lambda them=them: installations.listed(desk, them),
            lambda them=them: installations.add(desk, them, card(other), number_of(other.id)),
            lambda them=them: installations.set_active(desk, them, made.id, active=False),
        ):
            with pytest.raises(NotAllowed):
                attempt()
        assert not installations.may_manage(desk, them)
    assert desk.installations.all() == {made.id: made}
    assert [one["outcome"] for one in logged(tmp_path)].count("geweigerd") == 12


def test_what_cannot_be_saved_is_said_to_have_failed(desk: Desk, other: Keys, tmp_path: Path) -> None:
    (tmp_path / "var" / "installaties.json.new").mkdir()
    with pytest.raises(StoreError):
        installations.add(desk, shell("root"), card(other), number_of(other.id))
    assert [(one["event"], one["outcome"]) for one in logged(tmp_path)][-2:] == [
        ("installation-add", "toegestaan"),
        ("installation-add", "mislukt"),
    ]
    assert desk.installations.all() == {}


def test_a_damaged_file_is_told_of(desk: Desk, other: Keys, tmp_path: Path) -> None:
    installations.add(desk, shell("root"), card(other), number_of(other.id))
    path = tmp_path / "var" / "installaties.json"
    path.write_text(path.read_text().replace('"active": true', '"active": 1'))
    with pytest.raises(StoreDamaged):
        installations.known(desk)
