"""What is kept of each handover of a card."""

import json
from dataclasses import replace

import pytest

from app.content.handovers import (
    ACCEPTED,
    NONE,
    Arrival,
    Handover,
    Sent,
    read_handovers,
    read_sent,
    write_handovers,
    write_sent,
)

OFFER = Handover(
    "o-1",
    "a1",
    "Ans <a1>",
    "account:b2",
    "Bo (Veilig Thuis)",
    "1" * 40,
    "2026-11-28T10:00:00+00:00",
    "Warm.",
    "Wet",
    True,
)
ARRIVAL = Arrival("o-1", "i-1", "1" * 40, "2026-11-28T10:00:00+00:00", "3" * 64, "Bo <b2>")


def test_what_is_written_is_read_back() -> None:
    kept = NONE.with_offer(replace(OFFER, rows=("w-1",), until="2027-01-01T00:00:00+00:00")).with_arrival(ARRIVAL)
    assert read_handovers(write_handovers(kept)) == kept
    assert read_handovers(write_handovers(NONE)) == NONE


def test_an_offer_that_is_answered_takes_its_own_place_and_leaves_none_open() -> None:
    before = NONE.with_offer(replace(OFFER, outcome=ACCEPTED)).with_offer(replace(OFFER, id="o-2"))
    assert before.open is not None
    after = before.with_offer(replace(OFFER, id="o-2", outcome=ACCEPTED))
    assert [one.id for one in after.offers] == ["o-1", "o-2"]
    assert after.open is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda held: held.pop("ontvangen"),
        lambda held: held["overdrachten"].append(held["overdrachten"][0]),
        lambda held: held["overdrachten"][0].update(when="2026-11-28T10:00:00"),
        lambda held: held["overdrachten"][0].update(text=7),
        lambda held: held["overdrachten"][0].update(nog=1),
        lambda held: held["ontvangen"].append({"id": "o-2"}),
    ],
)
def test_another_file_holds_no_handovers(spoil) -> None:  # type: ignore[no-untyped-def]  # what it gives is not looked at
    held = json.loads(write_handovers(NONE.with_offer(OFFER)))
    spoil(held)
    with pytest.raises(ValueError, match="no handovers"):
        read_handovers(json.dumps(held).encode())


def test_what_was_sent_is_read_back_and_another_file_tells_nothing() -> None:
    sent = Sent("o-1", ("3" * 64,), {"1" * 40: "2" * 40})
    assert read_sent(write_sent(sent)) == sent
    with pytest.raises(ValueError, match="nothing sent"):
        read_sent(b"{}")
