"""What is said about a card: its file, and what follows from all of it together."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.content.overleg import (
    AGREED,
    ANSWER,
    ASKED,
    CONFIRMATION,
    CONFIRMED,
    DECISION,
    DISAGREED,
    JUDGEMENT,
    MOST_BYTES,
    PROPOSED,
    QUESTION,
    REFUSED,
    REMARK,
    TAKEN,
    WITHDRAWN,
    About,
    NotSaid,
    Said,
    Speaker,
    file_name,
)
from app.content.overleg_state import Overleg
from tests.cards import real_type, small_card

LANGUAGE = real_type().language
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SANNE, MEHMET = Speaker("sanne", "Sanne Bakker", "CJG Halderberge"), Speaker("mehmet", "Mehmet Kaya")
REVISION, DIGEST = "a" * 40, "b" * 32
ITEM = {**small_card()["afspraken"][0], "id": "a-1", "tekst": "Elke dag om 8 uur."}
FIRST, SECOND = About("afspraken", "a-1", DIGEST, DIGEST), About("afspraken", "a-2", DIGEST, DIGEST, ("w-1",))


def said(number: int, kind: str, by: Speaker = MEHMET, **what: Any) -> Said:
    one = Said(f"e-{number}", kind, START + timedelta(minutes=number), by, REVISION, (FIRST,))
    return replace(one, **what)


KINDS = [
    said(1, JUDGEMENT, verdict=AGREED, about=(FIRST, SECOND)),
    said(2, JUDGEMENT, verdict=QUESTION, text="Wie haalt Noor op?"),
    said(3, JUDGEMENT, verdict=DISAGREED, text="Dit is te laat op de avond."),
    said(4, ANSWER, revision="", to=("e-2",), text="Oma haalt haar op."),
    said(5, REMARK, text="Dank u."),
    said(6, PROPOSED, proposal="v-1", text="Duidelijker.", content=ITEM),
    said(7, PROPOSED, proposal="v-1", text="Niet meer nodig."),
    said(8, DECISION, verdict=TAKEN, to=("e-6",)),
    said(9, DECISION, verdict=REFUSED, to=("e-7",), text="Nog wel nodig."),
    said(10, ASKED, about=(), step="afsluiten", text="Het gezin is verhuisd."),
    said(11, ASKED, step="afschermen", text="Geheim adres.", done=True),
    said(12, CONFIRMATION, revision="", about=(), to=("e-10",), verdict=CONFIRMED),
]


@pytest.mark.parametrize("one", KINDS, ids=lambda one: f"{one.kind} {one.verdict}")
def test_what_was_said_is_read_back_as_it_was(one: Said) -> None:
    assert LANGUAGE.read(file_name(one.id), LANGUAGE.write(one)) == one


@pytest.mark.parametrize(
    "one",
    [
        said(1, JUDGEMENT, verdict="misschien"),
        said(1, JUDGEMENT, verdict=QUESTION),
        said(1, JUDGEMENT, verdict=DISAGREED),
        said(1, JUDGEMENT, verdict=AGREED, about=()),
        said(1, JUDGEMENT, verdict=TAKEN),
        said(1, JUDGEMENT, verdict=AGREED, revision="main"),
        said(1, ANSWER, text="Op niets."),
        said(1, REMARK),
        said(1, PROPOSED, text="Zonder voorstel.", content=ITEM),
        said(1, PROPOSED, proposal="v-1", content=ITEM),
        said(1, DECISION, verdict=REFUSED, to=("e-6",)),
        said(1, DECISION, verdict=TAKEN, to=("e-6",), revision=""),
        said(1, ASKED, step="afsluiten"),
        said(1, ASKED, step="Afsluiten; rm", text="Reden."),
        said(1, CONFIRMATION, verdict=CONFIRMED),
        said(1, "roddel", text="Heb je gehoord?"),
        said(1, REMARK, text="x" * 4001),
        said(1, PROPOSED, proposal="v-1", text="Groot.", content={**ITEM, "tekst": "x" * MOST_BYTES}),
        replace(said(1, REMARK, text="Zo."), id="../kaart"),
    ],
    ids=repr,
)
def test_what_the_schema_does_not_allow_is_not_written(one: Said) -> None:
    with pytest.raises(NotSaid):
        LANGUAGE.write(one)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff",
        b'{"a":' * 100_000,
        LANGUAGE.write(KINDS[4]).replace(b"+00:00", b""),
        LANGUAGE.write(KINDS[4]).replace(b"e-5", b"e-6"),
        b" " * (MOST_BYTES + 1),
    ],
    ids=lambda data: repr(data[:20]),
)
def test_a_file_of_another_program_is_told_from_what_was_said(data: bytes) -> None:
    with pytest.raises(NotSaid):
        LANGUAGE.read("e-5.json", data)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (5, {"inhoud": {}}),
        (5, {"inhoud": {"id": "a-1"}}),
        (5, {"inhoud": {**ITEM, "id": "a-2"}}),
        (5, {"inhoud": {**ITEM, "afgeschermdVoor": 5}}),
        (5, {"inhoud": {**ITEM, "wie": [{}]}}),
        (5, {"inhoud": {**ITEM, "instemming": [{"van": 3}]}}),
        (5, {"onderdelen": [{"sectie": "kaart", "id": "a-1"}]}),
        (4, {"onderdelen": [{"sectie": "onbekend", "id": "a-1"}]}),
        (9, {"inhoud": ITEM}),
        (4, {"moment": "9999-12-31T23:59:59.999999+00:00"}),
        (4, {"moment": "0001-01-01T00:00:00+14:00"}),
        (4, {"tekst": "\ud800"}),
        (4, {"tekst": "rechts \u202e links"}),
        (4, {"door": {"account": "x\udfff", "naam": "X"}}),
    ],
)
def test_what_another_program_wrote_to_upset_the_reader_is_not_read(one: int, other: dict[str, Any]) -> None:
    held = json.loads(LANGUAGE.write(KINDS[one])) | other
    with pytest.raises(NotSaid):
        LANGUAGE.read(f"{held['id']}.json", json.dumps(held).encode())


def test_nobody_reads_a_line_that_the_schema_does_not_name() -> None:
    held = json.loads(LANGUAGE.write(KINDS[4]))
    with pytest.raises(NotSaid):
        LANGUAGE.read("e-5.json", json.dumps({**held, "geheim": "Lindelaan 1"}).encode())


@given(st.permutations(KINDS))
def test_the_order_of_files_says_nothing(mixed: list[Said]) -> None:
    assert Overleg(mixed).said == tuple(KINDS)


def test_of_each_person_the_newest_judgement_on_an_item_counts() -> None:
    later = About("afspraken", "a-1", "c" * 32, "c" * 32)
    overleg = Overleg(
        [
            said(1, JUDGEMENT, verdict=AGREED, about=(FIRST, SECOND)),
            said(2, JUDGEMENT, SANNE, verdict=DISAGREED, text="Nee."),
            said(3, JUDGEMENT, verdict=QUESTION, text="Hoe laat?", about=(later,)),
        ]
    )
    newest = {key: (one.said.id, one.about) for key, one in overleg.judgements().items()}
    assert newest == {
        ("mehmet", "a-1"): ("e-3", later),
        ("mehmet", "a-2"): ("e-1", SECOND),
        ("sanne", "a-1"): ("e-2", FIRST),
    }
    assert [one.id for one in overleg.thread("a-1")] == ["e-1", "e-2", "e-3"]
    assert [one.id for one in overleg.thread("a-2")] == ["e-1"]


QUESTIONED = said(1, JUDGEMENT, verdict=QUESTION, text="Wie haalt Noor op?", about=(FIRST, SECOND))


@pytest.mark.parametrize(
    ("after", "is_open"),
    [
        ([], True),
        ([said(2, ANSWER, SANNE, to=("e-1",), text="Oma.")], False),
        ([said(2, ANSWER, MEHMET, to=("e-1",), text="Ik weet het zelf al.")], True),
        ([said(2, ANSWER, SANNE, to=("e-7",), text="Op een andere vraag.")], True),
        ([said(2, REMARK, SANNE, text="Geen antwoord.")], True),
        ([said(2, JUDGEMENT, verdict=AGREED)], True),  # of one of the two items alone
        ([said(2, JUDGEMENT, verdict=AGREED, about=(FIRST, SECOND))], False),
        ([said(2, JUDGEMENT, SANNE, verdict=AGREED, about=(FIRST, SECOND))], True),
    ],
)
def test_a_question_is_open_until_somebody_else_answers_or_who_asked_is_content(
    after: list[Said], *, is_open: bool
) -> None:
    assert [one.open for one in Overleg([QUESTIONED, *after]).questions()] == [is_open]


def proposed(number: int, item: str, by: Speaker = MEHMET, proposal: str = "v-1") -> Said:
    about = (About("afspraken", item, DIGEST, DIGEST),)
    return said(number, PROPOSED, by, proposal=proposal, text="Beter.", content={"id": item, "n": number}, about=about)


def test_a_proposal_is_decided_by_item_and_of_each_item_the_newest_wording_counts() -> None:
    overleg = Overleg(
        [
            proposed(1, "a-1"),
            proposed(2, "a-2"),
            said(3, DECISION, SANNE, verdict=TAKEN, to=("e-1",)),
            proposed(4, "a-2"),
            proposed(5, "a-3"),
        ]
    )
    (proposal,) = overleg.proposals()
    assert (proposal.id, proposal.by) == ("v-1", MEHMET)
    assert [(one.said.id, one.decision and one.decision.id) for one in proposal.items] == [
        ("e-1", "e-3"),
        ("e-4", None),
        ("e-5", None),
    ]
    assert [one.said.id for one in proposal.open] == ["e-4", "e-5"]


def test_what_became_of_a_wording_says_nothing_of_a_newer_one() -> None:
    overleg = Overleg([proposed(1, "a-1"), proposed(2, "a-1"), said(3, DECISION, SANNE, verdict=TAKEN, to=("e-1",))])
    assert [one.said.id for one in overleg.proposals()[0].open] == ["e-2"]


def test_nobody_adds_to_what_somebody_else_proposed() -> None:
    (proposal,) = Overleg([proposed(1, "a-1"), proposed(2, "a-1", SANNE), proposed(3, "a-2", SANNE)]).proposals()
    assert [one.said.id for one in proposal.items] == ["e-1"]


REQUEST = said(1, ASKED, SANNE, about=(), step="afsluiten", text="Het gezin is verhuisd.")


@pytest.mark.parametrize(
    ("reply", "is_open"),
    [
        (said(2, CONFIRMATION, MEHMET, to=("e-1",), verdict=CONFIRMED), False),
        (said(2, CONFIRMATION, SANNE, to=("e-1",), verdict=CONFIRMED), True),
        (said(2, CONFIRMATION, SANNE, to=("e-1",), verdict=WITHDRAWN), False),
        (said(2, CONFIRMATION, MEHMET, to=("e-1",), verdict=WITHDRAWN), True),
        (said(2, CONFIRMATION, MEHMET, to=("e-9",), verdict=CONFIRMED), True),
    ],
)
def test_who_asks_for_a_second_person_is_never_that_person(reply: Said, *, is_open: bool) -> None:
    (request,) = Overleg([REQUEST, reply]).requests()
    assert (request.open, request.replies) == (is_open, () if is_open else (reply,))
