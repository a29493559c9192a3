"""What was judged valid is remembered, the last used longest, within a number of bytes."""

from app.content import Document
from app.storage.judged import Judged


def card(number: int, size: int = 0) -> Document:
    return {"kaart": {"id": str(number), "naam": "x" * size}}


def test_a_judged_card_is_given_to_each_caller_anew() -> None:
    judged = Judged()
    judged.put(b"1", "json", card(1))
    first = judged.get(b"1", "json")
    assert first == card(1)
    first["kaart"]["naam"] = "changed"
    assert judged.get(b"1", "json") == card(1)
    assert judged.get(b"1", "markdown") is None


def test_what_was_used_longest_ago_makes_room() -> None:
    judged = Judged(most_bytes=3_500)
    for number in range(3):
        judged.put(str(number).encode(), "json", card(number, 1_000))
    assert judged.get(b"0", "json"), "used again"
    judged.put(b"3", "json", card(3, 1_000))
    assert [judged.get(str(number).encode(), "json") is not None for number in range(4)] == [True, False, True, True]


def test_one_that_is_larger_than_all_room_is_not_kept_and_the_same_one_counts_once() -> None:
    judged = Judged(most_bytes=3_500)
    for _ in range(10):
        judged.put(b"0", "json", card(0, 1_000))
    judged.put(b"1", "json", card(1, 1_000))
    assert judged.get(b"0", "json")
    judged.put(b"2", "json", card(2, 5_000))
    assert judged.get(b"2", "json") is None
