"""Passwords: kept so that they cannot be read back, judged by what is guessed first."""

import statistics
import time

import pytest
from argon2 import PasswordHasher, extract_parameters

from app.services.passwords import LEAST, MOST, hashed, judge, matches, needs_rehash
from app.storage.accounts import Account

SANNE = Account("sanne", "Sanne van den Bakker", "s.bakker@cjg.example", "cjg")


def test_a_password_matches_what_was_kept_of_it_and_nothing_else_does() -> None:
    kept = hashed("paard batterij nietje")
    assert matches(kept, "paard batterij nietje")
    assert not matches(kept, "paard batterij nietjf")
    assert not matches(kept, "paard batterij nietje ")
    assert not matches(kept, "Paard batterij nietje")
    assert "paard" not in kept


def test_the_same_password_is_kept_differently_each_time() -> None:
    assert hashed("paard batterij nietje") != hashed("paard batterij nietje")


def test_a_password_is_the_same_however_the_keyboard_composes_its_letters() -> None:
    assert matches(hashed("caf\u00e9 op de hoek"), "cafe\u0301 op de hoek")


def test_half_a_surrogate_pair_is_a_wrong_password_and_no_fault() -> None:
    assert not matches(hashed("paard batterij nietje"), "\ud800")


@pytest.mark.parametrize("kept", ["", "geen hash", "$argon2id$v=19$rommel"])
def test_nothing_matches_where_nothing_sound_is_kept(kept: str) -> None:
    assert not matches(kept, "")
    assert not matches(kept, "niemand")


def test_it_is_kept_as_strong_as_is_told() -> None:
    told = extract_parameters(hashed("paard batterij nietje"))
    assert (told.type.name, told.time_cost, told.memory_cost, told.parallelism) == ("ID", 2, 46 * 1024, 1)


def test_a_hash_of_another_strength_is_to_be_made_anew() -> None:
    weaker = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash("paard batterij nietje")
    assert matches(weaker, "paard batterij nietje")
    assert needs_rehash(weaker)
    assert not needs_rehash(hashed("paard batterij nietje"))


def test_an_unknown_name_takes_as_long_as_a_wrong_password() -> None:
    kept, times = hashed("paard batterij nietje"), []
    matches("", "x")
    for one in [kept, ""] * 8:
        started = time.thread_time()
        matches(one, "fiets tafel wolk")
        times.append(time.thread_time() - started)
    known, unknown = statistics.median(times[::2]), statistics.median(times[1::2])
    assert 0.5 < known / unknown < 2


@pytest.mark.parametrize(
    "password",
    [
        "juf loopt naar het strand", "paard batterij nietje", "8392 1029 4756", "éëü ñå ōž ßçđ þæ", "xK9$wq!LmZ2p",
        "Sanne fietst graag hard",
    ],
)  # fmt: skip
def test_a_password_that_is_not_guessed_first_is_good(password: str) -> None:
    assert judge(password, SANNE) == ""


@pytest.mark.parametrize(
    "password",
    [
        "Welkom2024!!", "wachtwoord123", "W@chtw00rd1234", "qwertyuiop123", "123456789012", "aaaaaaaaaaaa",
        "abcabcabcabc", "Zomer2026zomer", "poiuytrewq!!", "1qaz2wsx3edc", "Amsterdam2026!", "VeiligheidsKaart1!",
        "administrator1", "kaartenkaarten", "iloveyou1234", "password1234", "P@ssw0rd1234", "january02021",
    ],
)  # fmt: skip
def test_what_is_guessed_first_is_refused(password: str) -> None:
    assert "makkelijk te raden" in judge(password, SANNE)


@pytest.mark.parametrize("password", ["sanne.bakker1", "S.Bakker@cjg.example", "sannevandenbakker", "bakkersanne12"])
def test_what_says_who_it_is_of_is_refused(password: str) -> None:
    assert "naam of e-mailadres" in judge(password, SANNE)


def test_a_password_has_as_many_signs_as_is_told() -> None:
    signs = "paard batterij nietje wolk tafel " * 5
    assert "te kort" in judge(signs[: LEAST - 1], SANNE)
    assert judge(signs[: LEAST + 2], SANNE) == ""
    assert judge(signs[:MOST], SANNE) == ""
    assert "te lang" in judge(signs[: MOST + 1], SANNE)
