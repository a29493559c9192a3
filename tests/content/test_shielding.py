"""What is shielded from somebody: laws over generated cards, and the cases that they were made for."""

import json
from copy import deepcopy
from itertools import count
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.content import Document
from app.content.changes import by_id
from app.content.items import find, index, pointers
from app.content.problems import InvalidCard, Problem
from app.content.shape import Field, SchemaError, Shape
from app.content.shielding import UNSEEN, concealed, hidden, revealed, told, unlinked
from app.content.validate import validate
from tests.cards import SCHEMAS, real_type, small_card
from tests.content.strategies import KAARTEN, cards, edits, examples
from tests.content.test_change_laws import is_valid

SHIELD = KAARTEN.roles.shield
SHAPE = real_type().current.shape


def shape_of(card: Document) -> Shape:
    return KAARTEN.edition_of(card).shape


@st.composite
def shielded(draw: st.DrawFn) -> tuple[Document, set[str]]:
    """A card of which some items are shielded from somebody on it, and who that is."""
    card = draw(cards())
    items = list(index(card, shape_of(card)).values())
    people = [one["id"] for key in ("personen", "netwerk", "professionals") for one in card.get(key, ())]
    viewers = draw(st.sets(st.sampled_from(people), min_size=1, max_size=2))
    for _, item in draw(st.lists(st.sampled_from(items), min_size=1, max_size=3)):
        item[SHIELD.field] = sorted({*item.get(SHIELD.field, ()), min(viewers)})
    return card, viewers


@st.composite
def seen_and_edited(draw: st.DrawFn) -> tuple[Document, Document, Document, set[str]]:
    """A card, what somebody sees of it, what this person makes of that, and who it is."""
    card, viewers = draw(shielded())
    shown = seen(card, viewers)
    assume("professionals" in shown)
    mine = draw(edits(shown))
    unseen = set(index(card, shape_of(card))) - set(index(shown, shape_of(card)))
    assume(not unseen & set(index(mine, shape_of(card))))
    return card, shown, mine, viewers


def gone_from(card: Document, viewers: set[str]) -> frozenset[str]:
    return hidden(card, shape_of(card), SHIELD, viewers)


def seen(card: Document, viewers: set[str]) -> Document:
    return concealed(card, shape_of(card), gone_from(card, viewers))


def leaning(card: Document, identity: str) -> list[list[str]]:
    """What an item cannot stand without: the targets of each reference it must have or is about; told apart by hand."""
    shape = shape_of(card)
    section, item = index(card, shape)[identity]
    return [
        held if isinstance(held := item[field.key], list) else [held]
        for field in shape[section].inner
        if field.refers_to and field.key in item and (field.required or field.key in SHIELD.about)
    ]


@given(shielded())
@examples(200)
def test_hidden_is_what_is_shielded_and_what_cannot_stand_without_that_and_nothing_else(
    case: tuple[Document, set[str]],
) -> None:
    card, viewers = case
    gone = gone_from(card, viewers)
    for identity, (_, item) in index(card, shape_of(card)).items():
        direct = bool(viewers & set(item.get(SHIELD.field, ())))
        leans = any(set(targets) <= gone for targets in leaning(card, identity))
        assert (identity in gone) == (direct or leans)


@given(shielded())
@examples(200)
def test_what_is_left_names_nothing_hidden_and_the_card_stays_as_it_was(case: tuple[Document, set[str]]) -> None:
    card, viewers = case
    before, gone = deepcopy(card), gone_from(card, viewers)
    shown = concealed(card, shape_of(card), gone)
    assert card == before
    assert gone
    assert not gone & set(index(shown, shape_of(card)))
    assert not gone & {one.target for one in pointers(shown, shape_of(card))}
    assert set(index(shown, shape_of(card))) == set(index(card, shape_of(card))) - gone
    assert not [one for one in shown.values() if one in ({}, [])], "a section of which nothing is left is not there"


@given(shielded())
@examples(120)
def test_to_conceal_twice_is_to_conceal_once(case: tuple[Document, set[str]]) -> None:
    card, viewers = case
    shown = seen(card, viewers)
    assert concealed(shown, shape_of(card), gone_from(card, viewers)) == shown
    assert seen(shown, viewers) == shown


@given(shielded())
@examples(200)
def test_what_is_left_is_a_valid_card_but_for_who_must_be_on_it(case: tuple[Document, set[str]]) -> None:
    card, viewers = case
    found = problems_of(seen(card, viewers))
    assert {one.path for one in found} <= {("kaart", "dossierhouder"), ("personen",), ("professionals",)}


def problems_of(card: Document) -> list[Problem]:
    try:
        validate(card, KAARTEN.edition_of(card))
    except InvalidCard as verdict:
        return verdict.problems
    return []


def marked(card: Document) -> tuple[Document, dict[str, list[str]]]:
    """The card with a text of its own everywhere that text may stand; and the texts of each item and row, by place."""
    shape, number = shape_of(card), count()
    texts: dict[str, list[str]] = {}

    def text(place: str) -> str:
        texts.setdefault(place, []).append(f"<<{next(number)}>>")
        return texts[place][-1]

    def mark(value: Any, field: Field, place: str) -> Any:
        if field.kind == "items":
            return [
                {"id": one["id"], **marks(one, field.inner, f"{place}/{field.key}/{one['id']}".lstrip("/"))}
                for one in value
            ]
        if field.kind == "group":
            return marks(value, field.inner, place)
        if field.kind in ("text", "multiline", "foreign"):
            return text(place)
        return [text(place) for _ in value] if field.kind == "texts" else value

    def marks(value: Document, fields: Shape, place: str) -> Document:
        return {key: mark(held, fields[key], place) for key, held in value.items() if key != "id"}

    given = {"id", "schema", "regioschema"}
    head = {key: held for key, held in card["kaart"].items() if key in given}
    rest = {key: held for key, held in card["kaart"].items() if key not in given}
    result = marks({**card, "kaart": rest}, shape, "")
    return {**result, "kaart": {**result["kaart"], **head}}, texts


@given(shielded())
@examples(400)
def test_no_text_of_what_is_hidden_is_anywhere_in_what_is_left_and_all_other_text_is(
    case: tuple[Document, set[str]],
) -> None:
    card, texts = marked(case[0])
    gone = gone_from(card, case[1])
    written = json.dumps(concealed(card, shape_of(card), gone))
    for place, words in texts.items():
        section, _, rest = place.partition("/")
        identity, _, row = rest.partition("/")
        if identity in gone:
            assert not [word for word in words if word in written], place
        elif row and section in ("evaluaties", "afspraken"):
            held = find(card, tuple(place.split("/")))
            leans = held.get("afspraak" if section == "evaluaties" else "persoon")
            assert all((word in written) == (leans not in gone) for word in words), place
        else:
            assert all(word in written for word in words), place


@given(shielded())
@examples(120)
def test_who_changes_nothing_of_what_is_shown_changes_nothing(case: tuple[Document, set[str]]) -> None:
    card, viewers = case
    shown = seen(card, viewers)
    assert revealed(card, shown, deepcopy(shown), shape_of(card)) == card


@given(cards().flatmap(lambda card: st.tuples(st.just(card), edits(card))))
@examples(60)
def test_who_sees_everything_saves_exactly_what_was_made(case: tuple[Document, Document]) -> None:
    assert revealed(case[0], case[0], case[1], shape_of(case[0])) == case[1]


@given(seen_and_edited())
@examples(600)
def test_what_is_hidden_stays_as_it_is_and_what_is_shown_becomes_what_was_made_of_it(
    case: tuple[Document, Document, Document, set[str]],
) -> None:
    card, shown, mine, viewers = case
    shape, kept = shape_of(card), deepcopy(card)
    if removed := [one for one in rows_out_of_sight(card, shown) if find(mine, one) is None]:
        with pytest.raises(InvalidCard) as refusal:
            revealed(card, shown, mine, shape)
        assert [one.message for one in refusal.value.problems] == [UNSEEN]
        assert refusal.value.problems[0].path in removed
        return
    result = revealed(card, shown, mine, shape)
    assert card == kept
    gone = gone_from(card, viewers)
    places = index(result, shape)
    for identity, (section, item) in index(card, shape).items():
        if identity in gone:
            assert places[identity] == (section, item)
    for section in sections(shape):
        was, made = list(by_id(shown.get(section))), list(by_id(mine.get(section)))
        if [one for one in was if one in made] == [one for one in made if one in was]:
            before, now = list(by_id(card.get(section))), list(by_id(result.get(section)))
            assert [one for one in before if one in now] == [one for one in now if one in before]
    assert concealed(result, shape, gone) == mine
    if gone_from(result, viewers) == gone:
        assert seen(result, viewers) == mine


def rows_out_of_sight(card: Document, shown: Document) -> list[tuple[str, str]]:
    """The items that are shown without some of their rows."""
    return [
        (section, identity)
        for identity, (section, item) in index(shown, shape_of(shown)).items()
        for field in shape_of(card)[section].inner
        if field.kind == "items"
        and len(item.get(field.key, ())) < len(index(card, shape_of(card))[identity][1].get(field.key, ()))
    ]


def sections(shape: Shape) -> list[str]:
    return [section.key for section in shape if section.kind == "items"]


# What the laws are for.


def family() -> Document:
    """A card with somebody that the father must not know of, and what stands about that."""
    card = small_card()
    card["personen"].append({"id": "p-3", "rol": "partner", "naam": "Kees Geheim", "afgeschermdVoor": ["p-2"]})
    card["afspraken"][0]["instemming"] = [
        {"id": "i-1", "persoon": "p-3", "antwoord": "ja"},
        {"id": "i-2", "persoon": "p-2", "antwoord": "ja"},
    ]
    card["afspraken"].append({**card["afspraken"][1], "id": "a-3", "wie": ["p-3"], "tekst": "Kees belt elke dag."})
    card["onveilig"].append({"id": "o-2", "tekst": "Kees drinkt.", "betreft": ["p-3"]})
    card["onveilig"].append({"id": "o-3", "tekst": "Het is laat stil.", "betreft": ["p-3", "p-1"]})
    card["visies"] = [{"id": "x-1", "van": "p-1", "overItem": "a-3", "tekst": "Kees moet vaker bellen."}]
    card["evaluaties"] = [
        {
            "id": "e-1",
            "datum": "2026-04-01",
            "aanwezigen": ["p-3", "w-1"],
            "perAfspraak": [{"id": "r-1", "afspraak": "a-3"}, {"id": "r-2", "afspraak": "a-1"}],
        }
    ]
    return card


def family_seen() -> Document:
    return concealed(family(), SHAPE, hidden(family(), SHAPE, SHIELD, {"p-2"}))


def put(mine: Document) -> Document:
    return revealed(family(), family_seen(), mine, SHAPE)


def test_a_hidden_person_takes_along_what_is_about_that_person_alone_and_what_is_about_that() -> None:
    assert hidden(family(), SHAPE, SHIELD, {"p-2"}) == {"p-3", "a-3", "o-2", "x-1"}
    assert hidden(family(), SHAPE, SHIELD, {"p-1"}) == frozenset()


def test_rows_and_references_to_it_go_and_the_rest_stays() -> None:
    shown = family_seen()
    assert "Kees" not in json.dumps(shown)
    assert "visies" not in shown
    assert shown["onveilig"][1] == {"id": "o-3", "tekst": "Het is laat stil.", "betreft": ["p-1"]}
    assert [one["id"] for one in shown["afspraken"][0]["instemming"]] == ["i-2"]
    assert shown["evaluaties"][0]["perAfspraak"] == [{"id": "r-2", "afspraak": "a-1"}]
    assert shown["evaluaties"][0]["aanwezigen"] == ["w-1"]


def test_an_afspraak_stays_with_who_must_do_it_when_its_voorwaarde_is_hidden() -> None:
    card = small_card()
    card["voorwaarden"][0]["afgeschermdVoor"] = ["p-2"]
    shown = concealed(card, SHAPE, hidden(card, SHAPE, SHIELD, {"p-2"}))
    assert "voorwaarden" not in shown
    assert [one["id"] for one in shown["afspraken"]] == ["a-1", "a-2"]
    assert "voorwaardeIds" not in shown["afspraken"][0]


def test_a_new_item_comes_where_it_was_put_and_hidden_items_stay_where_they_were() -> None:
    mine = deepcopy(family_seen())
    mine["onveilig"].insert(1, {"id": "o-9", "tekst": "Er is geen eten."})
    mine["visies"] = [{"id": "x-9", "van": "p-2", "tekst": "Ik wil hulp."}]
    result = put(mine)
    assert [one["id"] for one in result["onveilig"]] == ["o-1", "o-2", "o-9", "o-3"]
    assert [one["id"] for one in result["visies"]] == ["x-1", "x-9"]


def test_a_list_keeps_the_hidden_ones_that_are_in_it_whatever_is_done_with_the_others() -> None:
    mine = deepcopy(family_seen())
    mine["onveilig"][1]["betreft"] = ["p-2", "p-1"]
    del mine["evaluaties"][0]["aanwezigen"]
    result = put(mine)
    assert by_id(result["onveilig"])["o-3"]["betreft"] == ["p-3", "p-2", "p-1"]
    assert result["evaluaties"][0]["aanwezigen"] == ["p-3"]


def test_what_holds_a_hidden_row_is_not_removed_and_nothing_is_told_of_the_row() -> None:
    mine = deepcopy(family_seen())
    del mine["evaluaties"]
    with pytest.raises(InvalidCard) as refusal:
        put(mine)
    assert refusal.value.problems == [Problem(("evaluaties", "e-1"), UNSEEN)]


@pytest.mark.parametrize("place", ["section", "other section", "rows"])
def test_the_number_of_something_hidden_cannot_be_taken(place: str) -> None:
    mine = deepcopy(family_seen())
    if place == "section":
        mine["personen"].append({"id": "p-3", "rol": "kind", "naam": "Bo"})
    elif place == "other section":
        mine["netwerk"].append({"id": "p-3", "naam": "Bo"})
    else:
        mine["evaluaties"][0]["perAfspraak"].append({"id": "r-1", "afspraak": "a-2"})
    with pytest.raises(InvalidCard) as refusal:
        put(mine)
    assert "Dit nummer kunt u niet gebruiken" in str(refusal.value)
    assert "Kees" not in str(refusal.value)


@pytest.mark.parametrize(
    "junk",
    [
        {"onveilig": "x"},
        {"onveilig": [{"tekst": "zonder nummer"}]},
        {"onveilig": [{"id": "o-3"}, {"id": "o-3"}]},
        {"personen": ["p-1", 3]},
        {"kaart": [], "afspraken": [{"id": 4, "wie": {"a": 1}}], "evaluaties": [{"id": "e-1", "perAfspraak": "x"}]},
    ],
)
def test_what_cannot_be_a_card_is_left_to_who_judges_it_and_is_refused_there(junk: dict[str, Any]) -> None:
    result = put({**deepcopy(family_seen()), **junk})
    assert not is_valid(result)


def test_the_faults_of_a_card_are_told_without_what_is_hidden() -> None:
    gone, mine = hidden(family(), SHAPE, SHIELD, {"p-2"}), family_seen()
    visible = Problem(("onveilig", "o-1", "tekst"), "Vul dit in.")
    found = [
        Problem(("onveilig", "o-2", "tekst"), "Vul dit in."),
        visible,
        Problem(("kaart", "duoPartner"), "p-3 staat niet bij ‘Professionals’."),
        Problem(("evaluaties", "e-1", "perAfspraak", "r-1", "afspraak"), "a-1 staat niet bij ‘Afspraken’."),
        Problem(("onveilig", "2", "tekst"), "Vul ‘Wat is er onveilig?’ in."),
    ]
    assert told(found, gone, mine) == [Problem((), UNSEEN), visible, found[4]]
    assert told(found, (), family()) == found


def test_a_number_within_another_number_is_not_taken_for_it() -> None:
    problem = Problem(("kaart", "duoPartner"), "p-33 staat niet bij ‘Professionals’.")
    assert told([problem], {"p-3"}, family_seen()) == [problem]


def test_to_name_a_hidden_item_is_refused_as_an_item_that_is_not_there() -> None:
    sentences = []
    for identity in ("p-3", "p-9"):
        mine = deepcopy(family_seen())
        mine["kaart"]["vasteProfessional"] = mine["kaart"]["duoPartner"] = identity
        with pytest.raises(InvalidCard) as refusal:
            validate(put(mine), real_type().current)
        sentences.append([str(one).replace(identity, "X") for one in refusal.value.problems])
    assert sentences[0] == sentences[1]
    assert len(sentences[0]) == 2


def test_to_remove_what_a_hidden_item_points_at_is_refused_in_general_words() -> None:
    mine = deepcopy(family_seen())
    mine["personen"] = [one for one in mine["personen"] if one["id"] != "p-1"]
    del mine["onveilig"][1]["betreft"]
    with pytest.raises(InvalidCard) as refusal:
        validate(put(mine), real_type().current)
    found = told(refusal.value.problems, hidden(family(), SHAPE, SHIELD, {"p-2"}), mine)
    assert found == [Problem((), UNSEEN)]


def test_professionals_from_whom_something_is_shielded_and_whom_nobody_is_known_to_be_are_told() -> None:
    card = small_card()
    card["professionals"].append({"id": "w-2", "naam": "Bo", "organisatie": "Politie"})
    card["onveilig"][0]["afgeschermdVoor"] = ["w-1", "w-2", "p-2"]
    display = real_type().display
    assert unlinked(card, SHAPE, SHIELD, display, {"w-1"}) == {"w-2"}
    assert unlinked(card, SHAPE, SHIELD, display, {"w-1", "w-2"}) == frozenset()


@pytest.mark.parametrize(
    "shield",
    [
        {"field": "afgeschermd", "reason": "redenAfscherming", "about": []},
        {"field": "redenAfscherming", "reason": "redenAfscherming", "about": []},
        {"field": "afgeschermdVoor", "reason": "waarom", "about": []},
        {"field": "afgeschermdVoor", "reason": "redenAfscherming", "about": ["tekst"]},
        {"field": "afgeschermdVoor", "reason": "redenAfscherming"},
        None,
    ],
)
def test_a_type_whose_items_cannot_say_what_is_shielded_is_refused(shield: Any) -> None:
    files = {file.name: json.loads(file.read_text()) for file in (SCHEMAS / "veiligheidskaart").glob("*.json")}
    files["roles.json"]["shield"] = shield
    with pytest.raises(SchemaError, match=r"roles\.json"):
        type(real_type())("veiligheidskaart", files)
