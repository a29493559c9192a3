"""What is shielded from somebody is on no side of a card: not now, not in its past, not in what goes wrong."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.content.grants import Grant
from app.content.problems import InvalidCard
from app.services import accounts, comparing, editing, history, origins, reading, saving, seeing
from app.services.accounts import Details
from app.services.actors import Actor, actor_of
from app.services.desk import Desk
from app.services.drafting import meanwhile
from app.services.errors import Conflicted, NotFound
from app.services.granting import regrant
from app.services.history import Wanted
from app.services.wishing import wish_for, with_item
from app.storage.catalogue import Query
from app.storage.records import Stored
from tests.desks import MEHMET, SANNE, names, new_card, open_test_desk, peopled, save_confirmed

WORD = "Zonsopgang"
TEAM = [
    {"id": "w-1", "naam": SANNE.name, "organisatie": SANNE.organisation},
    {"id": "w-2", "naam": MEHMET.name, "organisatie": MEHMET.organisation},
]
SHIELD = {"afgeschermdVoor": ["w-2"], "redenAfscherming": f"{WORD} reden"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return peopled(open_test_desk(tmp_path))


def afspraak(identity: str, text: str, **fields: Any) -> dict[str, Any]:
    return {**new_card()["afspraken"][1], "id": identity, "tekst": text, **fields}


def made(desk: Desk, *items: dict[str, Any], **sections: Any) -> str:
    """A card on which both work, with these afspraken beside the two that everybody may see."""
    card = new_card(professionals=TEAM, **sections)
    card["afspraken"] += items
    return editing.create_card(desk, SANNE, card, "Begin")


def changed(desk: Desk, kaart_id: str, item: dict[str, Any], reason: str, actor: Actor = SANNE) -> Stored:
    kaart = reading.read_card(desk, actor, kaart_id)
    wish = wish_for(desk, actor, kaart_id, kaart.revision, reason, with_item(desk, "afspraken", item), item["id"])
    saving.save(desk, replace(wish, confirmed=True))  # who lifts a shield, and with whom, is tested elsewhere
    return reading.read_card(desk, actor, kaart_id)


def told(value: object) -> str:
    """All that a value holds."""
    return repr(value)


def test_a_shielded_item_and_what_points_at_it_are_not_given(desk: Desk) -> None:
    visie = {"id": "z-1", "van": "w-1", "overItem": "a-9", "soort": "afwijkende_visie_professional", "tekst": WORD}
    kaart = made(desk, afspraak("a-9", WORD, **SHIELD), visies=[visie])
    assert WORD in told(reading.read_card(desk, SANNE, kaart).document)
    shown = reading.read_card(desk, MEHMET, kaart)
    assert WORD not in told(shown.document)
    assert not names(told(shown.document), "a-9")
    with pytest.raises(NotFound):
        origins.origin(desk, MEHMET, shown, ("afspraken", "a-9"))
    assert [reading.find_cards(desk, one, Query(WORD))[1] for one in (SANNE, MEHMET)] == [0, 0]


def test_its_past_is_shielded_too_from_before_it_was_and_after_it_went(desk: Desk) -> None:
    kaart = made(desk, afspraak("a-9", f"{WORD} eerst"))
    open_then = reading.read_card(desk, MEHMET, kaart)
    changed(desk, kaart, afspraak("a-9", f"{WORD} later", **SHIELD), f"{WORD} daarom")
    assert WORD not in told(reading.read_card(desk, MEHMET, kaart, open_then.revision).document)
    newest = reading.read_card(desk, SANNE, kaart)
    editing.remove_item(desk, SANNE, kaart, "afspraken", "a-9", newest.revision, f"{WORD} voorbij")
    changed(desk, kaart, {**newest.document["afspraken"][0], "frequentie": "Elke dag"}, "Afgesproken")
    shown = reading.read_card(desk, MEHMET, kaart)
    for save in reading.read_history(desk, SANNE, kaart):
        assert WORD not in told(reading.read_card(desk, MEHMET, kaart, save.revision).document), save
    saves = reading.read_history(desk, MEHMET, kaart)
    assert [one.reason for one in saves] == ["Afgesproken", ""], "neither the reason nor that there was a save"
    assert WORD not in told(saves)
    assert not names(told(saves), "a-9")
    comparison = comparing.compare(desk, MEHMET, kaart, open_then.revision, shown.revision)
    assert [one.path for one in comparison.changes] == [("afspraken", "a-1", "frequentie")]
    assert WORD not in told(comparing.between(desk, MEHMET, comparison).saves)
    assert history.look_back(desk, MEHMET, shown, Wanted(item="a-9")).saves == []
    with pytest.raises(NotFound):
        origins.origin(desk, MEHMET, shown, ("afspraken", "a-9"))
    assert [one.reason for one in reading.read_history(desk, SANNE, kaart)][:2] == ["Afgesproken", f"{WORD} voorbij"]


def test_of_a_save_that_touched_both_the_reason_is_not_told(desk: Desk) -> None:
    kaart = made(desk, afspraak("a-9", WORD, **SHIELD))
    newest = reading.read_card(desk, SANNE, kaart)
    document = newest.document | {
        "afspraken": [one | {"frequentie": f"Vaak {one['id']}"} for one in newest.document["afspraken"]],
        "netwerk": [{"id": "n-1", "naam": "Oma Riet"}, {"id": "n-9", "naam": WORD, **SHIELD}],
    }
    editing.save_card(desk, SANNE, kaart, document, newest.revision, f"{WORD} omdat")
    newest_save = reading.read_history(desk, MEHMET, kaart)[0]
    assert WORD not in told(newest_save)
    assert sorted(step.message.subject for step in newest_save.steps) == [
        "Afspraak a-1 gewijzigd: frequentie",
        "Afspraak a-2 gewijzigd: frequentie",
    ]


def test_what_is_saved_from_a_part_of_the_card_is_put_back_on_the_whole(desk: Desk) -> None:
    kaart = made(desk, afspraak("a-9", WORD, **SHIELD))
    hidden_before = reading.read_card(desk, SANNE, kaart).document["afspraken"][2]
    shown = reading.read_card(desk, MEHMET, kaart)
    document = {**shown.document, "afspraken": [{**shown.document["afspraken"][1], "frequentie": "Nooit"}]}
    editing.save_card(desk, MEHMET, kaart, document, shown.revision, "Korter")
    items = reading.read_card(desk, SANNE, kaart).document["afspraken"]
    assert [one["id"] for one in items] == ["a-2", "a-9"]
    assert (items[0]["frequentie"], items[1]) == ("Nooit", hidden_before)


def test_a_conflict_tells_nothing_of_what_is_shielded(desk: Desk) -> None:
    kaart = made(desk, afspraak("a-9", WORD, **SHIELD))
    mine = reading.read_card(desk, MEHMET, kaart)
    theirs = reading.read_card(desk, SANNE, kaart).document
    both = [{**theirs["afspraken"][0], "frequentie": "Zij"}, theirs["afspraken"][1], afspraak("a-9", f"{WORD} weer")]
    both[2] |= SHIELD
    now = desk.kaarten.head(kaart)
    editing.save_card(desk, SANNE, kaart, {**theirs, "afspraken": both}, now, f"{WORD} samen")
    item = {**mine.document["afspraken"][0], "frequentie": "Ik"}
    with pytest.raises(Conflicted) as caught:
        editing.save_item(desk, MEHMET, kaart, "afspraken", item, mine.revision, "")
    conflict = caught.value
    assert [one.path for one in conflict.conflicts] == [("afspraken", "a-1", "frequentie")]
    sides = [conflict.base, conflict.mine, conflict.current.document, conflict.merged, conflict.their_saves]
    assert WORD not in told([*sides, conflict.conflicts, conflict.problems])


def test_who_removes_what_something_shielded_needs_is_told_so_without_what(desk: Desk) -> None:
    extra = {"id": "n-2", "naam": "Buurman Ko"}
    item = afspraak("a-9", WORD, **SHIELD) | {"wie": ["n-2"]}
    kaart = made(desk, item, netwerk=[{"id": "n-1", "naam": "Oma Riet"}, extra])
    shown = reading.read_card(desk, MEHMET, kaart)
    with pytest.raises(InvalidCard) as caught:
        editing.remove_item(desk, MEHMET, kaart, "netwerk", "n-2", shown.revision, "")
    assert "iets wat u niet ziet" in str(caught.value)
    assert not names(str(caught.value), "a-9")
    assert desk.kaarten.head(kaart) == shown.revision


def test_what_is_new_to_somebody_does_not_count_what_he_may_not_see(desk: Desk) -> None:
    kaart = made(desk, afspraak("a-9", WORD, **SHIELD))
    seeing.looked(desk, MEHMET, reading.read_card(desk, MEHMET, kaart))
    base = reading.read_card(desk, MEHMET, kaart)
    changed(desk, kaart, afspraak("a-9", f"{WORD} anders", **SHIELD), f"{WORD} dus")
    later = reading.read_card(desk, MEHMET, kaart)
    assert later.revision != base.revision
    assert WORD not in told(meanwhile(desk, MEHMET, base, later, ("afspraken",)))


def test_a_linked_role_shields_whoever_is_called_otherwise_on_the_card(desk: Desk) -> None:
    kaart = made(desk, afspraak("a-9", WORD, **SHIELD))
    other = Actor("M. Yilmaz-Kaya", "m@vt.example", "Veilig Thuis Brabant", "mehmet", "vt", "professional")
    assert WORD in told(reading.read_card(desk, other, kaart).document), "nothing says who this is"
    regrant(
        desk,
        SANNE,
        kaart,
        lambda grants: [replace(one, professional="w-2") if one.subject == "account:mehmet" else one for one in grants],
        "Gekoppeld",
    )
    assert WORD not in told(reading.read_card(desk, other, kaart).document)


def test_what_could_not_stand_without_something_shielded_keeps_its_past_when_it_is_about_another(desk: Desk) -> None:
    people = [*new_card()["personen"], {"id": "p-9", "rol": "ouder", "naam": "Moeder", **SHIELD}]
    kaart = made(desk, afspraak("a-9", WORD, betreft=["p-9"]), personen=people)
    then = changed(desk, kaart, afspraak("a-9", f"{WORD} later", betreft=["p-9"]), f"{WORD} daarom")
    changed(desk, kaart, afspraak("a-9", "Open", betreft=["p-1"]), "Anders")
    assert "Open" in told(reading.read_card(desk, MEHMET, kaart).document)
    assert not names(told(reading.read_card(desk, MEHMET, kaart, then.revision).document), "a-9")
    saves = reading.read_history(desk, MEHMET, kaart)
    assert WORD not in told(saves)
    assert "Velden" not in told(saves), "nor which fields it changed"


def test_who_was_another_on_the_card_does_not_read_what_was_said_then(desk: Desk) -> None:
    kaart = made(desk, afspraak("a-9", WORD, **SHIELD))
    then = changed(desk, kaart, afspraak("a-9", f"{WORD} later", **SHIELD), f"{WORD} daarom")
    row = {**TEAM[1], "naam": "Iemand Anders", "organisatie": "Elders"}
    now = reading.read_card(desk, SANNE, kaart).document
    rows = [row if one["id"] == row["id"] else one for one in now["professionals"]]
    save_confirmed(desk, SANNE, kaart, {**now, "professionals": rows}, "Overgedragen")
    assert not names(told(reading.read_card(desk, MEHMET, kaart, then.revision).document), "a-9")
    assert WORD not in told(reading.read_history(desk, MEHMET, kaart))


def test_who_waited_for_the_lock_while_the_role_was_withdrawn_saves_nothing(desk: Desk) -> None:
    kaart = made(desk)
    request = replace(desk, told=set(), roles={})
    shown = reading.read_card(request, MEHMET, kaart)
    regrant(desk, SANNE, kaart, lambda grants: grants[:1], "Ingetrokken")
    with pytest.raises(NotFound):
        editing.remove_item(request, MEHMET, kaart, "afspraken", "a-1", shown.revision, "Weg")
    assert desk.kaarten.head(kaart) == shown.revision


def test_a_link_of_a_role_that_is_over_still_shields_who_reads_by_another(desk: Desk) -> None:
    kaart = made(desk, afspraak("a-9", WORD, **SHIELD))
    other = Actor("M. Yilmaz-Kaya", "m@vt.example", "Veilig Thuis Brabant", "mehmet", "vt", "professional")

    def over(grants: tuple[Grant, ...]) -> list[Grant]:
        ended = [replace(one, professional="w-2", until=one.since) for one in grants if one.subject == "account:mehmet"]
        return [grants[0], *ended, replace(grants[0], id="r-vt", subject="organisation:vt", role="meelezer")]

    regrant(desk, SANNE, kaart, over, "Overgezet")
    assert WORD not in told(reading.read_card(desk, other, kaart).document)


def test_what_takes_too_much_reading_to_learn_stays_hidden(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    kaart = made(desk, afspraak("a-9", f"{WORD} eerst"))
    open_then = reading.read_card(desk, MEHMET, kaart)
    changed(desk, kaart, afspraak("a-9", f"{WORD} later", **SHIELD), f"{WORD} daarom")
    newest = desk.kaarten.head(kaart)
    editing.remove_item(desk, SANNE, kaart, "afspraken", "a-9", newest, f"{WORD} voorbij")
    monkeypatch.setattr("app.services.past_shields.MOST_READ", 0)
    shown = reading.read_card(desk, MEHMET, kaart, open_then.revision)
    assert WORD not in told(shown.document)
    assert "a-1" in told(shown.document), "what is still there is known"
    saves = reading.read_history(desk, MEHMET, kaart)
    assert WORD not in told(saves)
    assert not names(told(saves), "a-9")


def test_who_gets_another_name_or_organisation_sees_no_more_than_before(desk: Desk) -> None:
    kaart = made(desk, afspraak("a-9", WORD, **SHIELD))
    boss = replace(SANNE, id="bea", role="beheerder")
    for details in (
        Details("Mehmet Yilmaz", MEHMET.email, "vt", "professional", ""),
        Details("Mehmet Yilmaz", MEHMET.email, "cjg", "professional", ""),
        Details("M. van Dijk", MEHMET.email, "cjg", "professional", ""),
    ):
        accounts.change(desk, boss, "mehmet", details)
        known = desk.accounts.known()
        now = actor_of(known.accounts["mehmet"], known)
        assert now.name == details.name
        assert WORD not in told(reading.read_card(desk, now, kaart).document), details
        assert "Elke keer" in told(reading.read_card(desk, now, kaart).document)
