"""The bell from the command line."""

import json
from pathlib import Path

import pytest

from app.content.overleg import JUDGEMENT, QUESTION, REMARK
from app.services import confirming, destroying, editing
from app.services.desk import Desk
from tests.cli.test_roles import run
from tests.desks import MEHMET, SANNE, new_card, open_test_desk, peopled, share
from tests.services.test_overleg import tell


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return peopled(open_test_desk(tmp_path, alone=True))


@pytest.fixture
def kaart(desk: Desk) -> str:
    kaart = editing.create_card(desk, SANNE, new_card(), "Begin")
    share(desk, kaart, "account:mehmet", "beoordelaar")
    tell(desk, MEHMET, kaart, JUDGEMENT, "a-1", verdict=QUESTION, text="Wie belt er dan?")
    return kaart


def test_what_is_new_is_listed_until_it_is_read(desk: Desk, kaart: str) -> None:
    (one,) = json.loads(run(desk, "bell", "--json", "--author", SANNE.email).output)
    assert (one["kaart"], one["kind"], one["item"], one["by"], one["new"]) == (
        kaart,
        "vraag",
        "a-1",
        "Mehmet Kaya",
        True,
    )
    assert one["moment"].endswith("+01:00")
    shown = run(desk, "bell", "--author", SANNE.email).output.splitlines()
    assert shown[0].startswith(one["moment"][:16].replace("T", " "))
    assert shown[1].split() == [kaart, "a-1", one["id"]]
    read = run(desk, "bell", "--read", "--author", SANNE.email)
    assert "nieuw  Vraag: Vader belt oma" in read.output
    assert "Wie belt er dan?" not in read.output
    assert run(desk, "bell", "--new", "--author", SANNE.email).output == ""
    assert "Vraag" in run(desk, "bell", "--author", SANNE.email).output


def test_what_a_second_person_is_asked_is_named_and_what_is_done_marked(desk: Desk, kaart: str) -> None:
    share(desk, kaart, "account:mehmet", "behandelaar")
    base = desk.kaarten.head(kaart)
    said = destroying.ask(desk, SANNE, kaart, "onterecht", "Zij staat er dubbel.", base)
    assert "nieuw  Tweede persoon gevraagd: Kaart vernietigen" in run(desk, "bell", "--author", MEHMET.email).output
    confirming.refuse(desk, MEHMET, kaart, said.id, "Zij is van een ander gezin.")
    assert "klaar  Tweede persoon gevraagd: Kaart vernietigen" in run(desk, "bell", "--author", MEHMET.email).output


def test_a_card_is_followed_and_not_followed(desk: Desk, kaart: str) -> None:
    def kinds() -> list[str]:
        return [one["kind"] for one in json.loads(run(desk, "bell", "--json", "--author", SANNE.email).output)]

    tell(desk, MEHMET, kaart, REMARK, "a-2", text="Mooi.")
    assert kinds() == ["vraag"]
    assert run(desk, "follow", kaart, "--author", SANNE.email).output == "U volgt deze kaart.\n"
    assert kinds() == ["bericht", "vraag"]
    assert run(desk, "unfollow", kaart, "--author", SANNE.email).output == "U volgt deze kaart niet meer.\n"
    assert kinds() == ["vraag"]


def test_a_card_that_is_not_there_for_somebody_cannot_be_followed(desk: Desk) -> None:
    other = editing.create_card(desk, MEHMET, new_card(), "Van Mehmet")
    assert run(desk, "follow", other, "--author", SANNE.email).exit_code == 5
    assert desk.following.of("sanne").cards == ()
