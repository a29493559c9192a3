"""The demonstration cards are true cards: each step of each family is one that a professional could take."""

import copy
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from app.content import Document
from app.content.clean import clean
from app.content.gates import missing
from app.content.items import index, used_by
from app.content.validate import validate
from app.demo.apply import Person
from tests.demo.playing import BY_SLUG, DEMO, EDITION, PEOPLE, PLAYED, WORKFLOW, Played, play

MONTHS = re.compile(
    r"\b(januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december)\b", re.I
)
every_family = pytest.mark.parametrize("slug", sorted(BY_SLUG))


@every_family
def test_every_revision_is_a_valid_card_in_normal_form(slug: str) -> None:
    for played in PLAYED[slug]:
        assert clean(played.after) == played.after, played.step.at
        validate(played.after, EDITION)


@every_family
def test_every_step_changes_the_card(slug: str) -> None:
    for played in PLAYED[slug]:
        assert played.after != played.before, played.step.at


@every_family
def test_a_card_is_changed_only_where_its_state_allows(slug: str) -> None:
    for played in PLAYED[slug]:
        if played.before is not None and played.step.transition is None:
            assert WORKFLOW.editable(played.before), played.step.at


@every_family
def test_every_transition_is_open_and_passes_its_gate(slug: str) -> None:
    for played in PLAYED[slug]:
        if played.step.transition is None:
            continue
        assert played.before is not None
        transition = WORKFLOW.transitions[played.step.transition]
        assert transition in WORKFLOW.open_to(played.before), played.step.at
        if transition.gate:
            assert not missing(played.before, EDITION, transition.gate, played.step.at.date())
        assert on_card(played.before, PEOPLE[played.step.by])["id"] == played.before["kaart"]["dossierhouder"]


@every_family
def test_who_writes_stands_on_the_card(slug: str) -> None:
    for played in PLAYED[slug]:
        entry = on_card(played.before or played.after, PEOPLE[played.step.by])
        assert entry.get("van", "0") <= played.step.at.date().isoformat() <= entry.get("tot", "9")


@every_family
def test_professionals_stand_on_cards_as_in_the_list_of_people(slug: str) -> None:
    for entry in PLAYED[slug][-1].after["professionals"]:
        person = next(person for person in DEMO.people if person.name == entry["naam"])
        assert on_card(PLAYED[slug][-1].after, person) == entry


def on_card(document: Document, person: Person) -> dict[str, Any]:
    words = (person.name, person.organisation, person.organisation_type, person.function)
    keys = ("naam", "organisatie", "organisatieType", "functie")
    found = [entry for entry in document["professionals"] if tuple(entry.get(key) for key in keys) == words]
    assert len(found) == 1, person.name
    item: dict[str, Any] = found[0]
    return item


@every_family
def test_views_are_only_ever_added(slug: str) -> None:
    for played in PLAYED[slug]:
        before = (played.before or {}).get("visies", [])
        assert played.after.get("visies", [])[: len(before)] == before, played.step.at


@every_family
def test_nothing_that_is_referred_to_is_removed(slug: str) -> None:
    for played in PLAYED[slug]:
        for path in played.step.removes:
            identity = path.rpartition("/")[2]
            if played.before and identity in index(played.before, EDITION.shape):
                assert not used_by(played.before, EDITION.shape, identity), path


@every_family
def test_ids_have_the_prefix_of_their_list_and_are_never_used_again(slug: str) -> None:
    owners: dict[str, str] = {}
    for played in PLAYED[slug]:
        for prefix, identity, place in identities(played.after):
            assert re.fullmatch(prefix + "-[0-9a-hjkmnp-tv-z]{5}", identity), identity
            assert owners.setdefault(identity, place) == place, identity
    for played in PLAYED[slug]:
        for path, items in played.step.adds.items():
            for item in items:
                assert played.before is not None
                if isinstance(item, dict):
                    assert item["id"] not in ever_before(slug, played), path


def ever_before(slug: str, until: Played) -> set[str]:
    earlier = PLAYED[slug][: PLAYED[slug].index(until)]
    return {identity for played in earlier for _, identity, _ in identities(played.after)}


def identities(document: Document) -> Iterator[tuple[str, str, str]]:
    """Prefix of the list, id and place of every item, nested ones too."""
    for section in EDITION.shape:
        if section.kind != "items":
            continue
        for item in document.get(section.key, ()):
            yield section.prefix, item["id"], section.key
            for nested in section.inner:
                if nested.kind == "items":
                    for inner in item.get(nested.key, ()):
                        yield nested.prefix, inner["id"], f"{section.key}/{item['id']}/{nested.key}"


@every_family
def test_an_afspraak_is_replaced_by_another_or_not_at_all(slug: str) -> None:
    for played in PLAYED[slug]:
        for afspraak in played.after.get("afspraken", ()):
            assert (afspraak.get("status") == "vervangen") == ("vervangenDoor" in afspraak), afspraak["id"]
            assert afspraak.get("termijn", "9") >= afspraak["start"], afspraak["id"]


@every_family
def test_nothing_is_dated_after_the_step_that_says_it_happened(slug: str) -> None:
    past = {"schaal": "datum", "stemKind": "datum", "evaluaties": "datum", "taxaties": "datum"}
    past |= {"verstrekkingen": "datum", "afspraken": "getoetstOp"}
    for played in PLAYED[slug]:
        day = played.step.at.date().isoformat()
        for section, key in past.items():
            for item in played.after.get(section, ()):
                assert item.get(key, "0") <= day, (played.step.at, item["id"])
        for afspraak in played.after.get("afspraken", ()):
            for instemming in afspraak.get("instemming", ()):
                assert instemming.get("datum", "0") <= day, (played.step.at, instemming["id"])


@every_family
def test_a_family_has_a_history_by_several_people_over_months(slug: str) -> None:
    steps = BY_SLUG[slug].steps
    assert 8 <= len(steps) <= 30
    moments = [step.at for step in steps]
    assert moments == sorted(set(moments))
    assert moments[-1] - moments[0] >= timedelta(days=60)
    authors = {PEOPLE[step.by] for step in steps}
    least = 2 if slug in ("nog-concept", "klein") else 3
    assert len(authors) >= least
    assert len({author.organisation for author in authors}) >= least


@every_family
def test_texts_hold_no_dates_and_nothing_like_a_bsn(slug: str) -> None:
    for text in texts(slug):
        assert not re.search(r"\b20\d\d\b|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}", text), text
        assert not MONTHS.search(text), text
        assert not re.search(r"\d(?:[ .-]?\d){7}", text), text


@every_family
def test_reasons_are_sentences_without_names_of_the_family(slug: str) -> None:
    names = {
        word
        for section in ("personen", "netwerk")
        for person in PLAYED[slug][-1].after.get(section, ())
        for word in re.findall(r"\w+", person["naam"])
        if word[0].isupper() and word not in ("De", "Van", "Mevrouw", "Oma", "Opa", "Tante", "Oom")
    }
    for step in BY_SLUG[slug].steps:
        assert step.why[-1] in ".?!", step.why
        assert not names & set(re.findall(r"\w+", step.why)), step.why


def texts(slug: str) -> Iterator[str]:
    """Every text that a person wrote in this family's file."""
    for step in BY_SLUG[slug].steps:
        yield step.why
        yield from _texts([step.create or {}, list(step.adds.values()), list(step.sets.values())])


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
    elif isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        yield value


def test_playing_leaves_the_steps_as_they_were() -> None:
    family = DEMO.families[0]
    before = copy.deepcopy(family)
    play(family)
    assert family == before
