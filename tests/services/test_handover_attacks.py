"""Handing over to who means no good, or dies half-way: what is kept back, who is dossierhouder, what others can say."""

import io
import json
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.content.forms import FILES, parse_form, sealed, write_form
from app.content.grants import Grant
from app.content.overleg import ASKED, CONFIRMATION, CONFIRMED, DISAGREED, Said, Speaker
from app.content.reviewed import digest_of
from app.content.workflow import state_of
from app.services import (
    answering,
    confirming,
    editing,
    handing_over,
    judging,
    parcels,
    receipts,
    taking_in,
    talking,
)
from app.services.actors import Actor, actor_of
from app.services.errors import NotAllowed
from app.services.granting import regrant
from app.services.handing_over import Wanted
from app.services.joining import Chosen
from app.services.judging import Verdict
from app.services.parcel_faults import Refused
from app.storage.accounts import Account
from app.storage.bags import write_bag
from tests.cards import small_card
from tests.desks import LONG_AGO
from tests.two import Side, accepted, brought, handed, offered, packed, ready_card, receipt, sides

NUMBER = "111222333"
VERA = {"id": "w-2", "naam": "Vera Noord", "organisatie": "Veilig Thuis Noord"}
WIM = {"id": "w-7", "naam": "Wim Elders", "organisatie": "VTN team 3"}


@pytest.fixture
def both(tmp_path: Path) -> tuple[Side, Side]:
    return sides(tmp_path)


def card(side: Side, *others: dict[str, Any]) -> str:
    return ready_card(side, professionals=[small_card()["professionals"][0], *others])


def put(side: Side, kaart: str, section: str, item: dict[str, Any], reason: str = "Zo is het.") -> None:
    editing.save_item(side.desk, side.actor, kaart, section, item, side.desk.kaarten.head(kaart), reason)


def agreement(side: Side, kaart: str, **fields: Any) -> dict[str, Any]:
    return {**side.desk.kaarten.read(kaart).document["afspraken"][1], **fields}


def colleague(side: Side, kaart: str, account: str, role: str) -> Actor:
    organisation = f"org-{side.actor.organisation_id[-1]}"
    new = Account(account, f"{account} Collega", f"{account}@x.example", organisation)
    side.desk.accounts.put([], [new])
    if role:
        grant = Grant("r-collega1", f"account:{account}", role, LONG_AGO)
        regrant(side.desk, side.actor, kaart, lambda grants: [*grants, grant], "Gedeeld")
    known = side.desk.accounts.known()
    return actor_of(known.accounts[account], known)


def files_of(side: Side, data: bytes, folder: Path) -> dict[str, bytes]:
    """The payload of a package; opened first where it is encrypted for this side."""
    if not data.startswith(b"PK"):
        (folder / "dicht").write_bytes(data)
        side.desk.keys.decrypt(folder / "dicht", folder / "plat", len(data) * 9)
        data = (folder / "plat").read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as bag:
        return {name.split("/data/", 1)[1]: bag.read(name) for name in bag.namelist() if "/data/" in name}


def cloned(bundle: bytes, folder: Path) -> Path:
    (folder / "b.bundle").write_bytes(bundle)
    subprocess.run(["git", "clone", "-q", folder / "b.bundle", folder / "kloon"], check=True, capture_output=True)
    return folder / "kloon"


def all_of(side: Side, data: bytes, folder: Path) -> str:
    """Every text in a package: its files, and all objects of its history."""
    files = files_of(side, data, folder)
    clone = cloned(files["geschiedenis.bundle"], folder)
    objects = subprocess.run(
        ["git", "-C", clone, "cat-file", "--batch-all-objects", "--batch"], check=True, capture_output=True
    )
    return b"\n".join([objects.stdout, *files.values()]).decode("utf-8", "replace")


def forged(
    by: Side,
    data: bytes,
    folder: Path,
    letter: Callable[[dict[str, Any]], None] = lambda _: None,
    change: Callable[[dict[str, Any]], None] | None = None,
    said: tuple[Said, ...] = (),
    without: str = "",
) -> bytes:
    """A package with something else in it, signed by whoever means no good."""
    folder.mkdir()
    files, types = files_of(by, data, folder), by.desk.types
    name = next(one for one in ("overdracht.json", "ontvangst.json") if one in files)
    words = json.loads(files[name])
    if change:
        clone = cloned(files["geschiedenis.bundle"], folder)
        document, _ = parse_form((clone / "kaart.json").read_bytes(), "json", types)
        change(document)
        (clone / "kaart.json").write_bytes(write_form(document, "json", types))
        git = ["git", "-C", str(clone), "-c", "user.name=X", "-c", "user.email=x@x.example"]
        subprocess.run([*git, "commit", "-qam", "Stil"], check=True)
        subprocess.run([*git, "bundle", "create", "-q", folder / "n.bundle", "HEAD", "main"], check=True)
        files["geschiedenis.bundle"] = (folder / "n.bundle").read_bytes()
        tip = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True)
        words["revisie"] = tip.stdout.decode().strip()
        if name == "overdracht.json":
            files |= {file: sealed(document, form, types) for form, file in FILES.items()}
    letter(words)
    files[name] = json.dumps(words).encode()
    files |= {f"overleg/{one.id}.json": types.language.write(one) for one in said}
    files.pop(without, None)
    write_bag(folder / "vals.zip", files, [("Source-Organization", "x")], by.desk.keys.sign)
    return (folder / "vals.zip").read_bytes()


def holders(side: Side, kaart: str) -> list[str]:
    now = side.desk.clock()
    grants = side.desk.kaarten.access(kaart).grants
    return [one.subject for one in grants if one.role == "dossierhouder" and one.is_in_force(now)]


def test_no_number_leaves_in_what_is_written_with_an_offer_or_a_refusal(
    both: tuple[Side, Side], tmp_path: Path
) -> None:
    here, there = both
    kaart = card(here)
    wanted = Wanted(f"installation:{there.id}", f"BSN {NUMBER}", f"Grond {NUMBER}", informed=False, why=f"Om {NUMBER}")
    handing_over.offer(here.desk, here.actor, kaart, wanted)
    data = packed(here, kaart)
    assert NUMBER not in all_of(here, data, tmp_path)
    parcel = brought(there, data)
    assert "bsn" in parcels.opened(there.desk, there.actor, parcel).letter["weggelaten"]
    taking_in.refuse(there.desk, there.actor, parcel, f"Het kind met {NUMBER} kennen we niet.")
    with answering.refusal(there.desk, there.actor, parcel) as made:
        assert NUMBER.encode() not in files_of(here, made.path.read_bytes(), tmp_path)["ontvangst.json"]


def test_what_was_said_does_not_tell_by_its_digest_what_stayed_behind(both: tuple[Side, Side], tmp_path: Path) -> None:
    here, there = both
    kaart = card(here, VERA)
    put(here, kaart, "netwerk", {"id": "n-9", "naam": "Tante", "afgeschermdVoor": ["w-2"]})
    told, named = agreement(here, kaart, tekst=f"Noor ({NUMBER}) belt."), agreement(here, kaart, wie=["n-1", "n-9"])
    judge = colleague(here, kaart, "els", "beoordelaar")
    for item in (told, named):
        put(here, kaart, "afspraken", item, "Omdat TANTE meedoet.")
        judging.judge(here.desk, judge, kaart, here.desk.kaarten.head(kaart), {"a-2": Verdict("akkoord", "")})
    offered(here, there, kaart)
    text = all_of(here, packed(here, kaart), tmp_path)
    assert not [one for one in (digest_of(told), digest_of(named), "n-9", NUMBER) if one in text]


def test_why_somebody_who_is_shielded_was_named_stays_behind(both: tuple[Side, Side], tmp_path: Path) -> None:
    here, there = both
    kaart = card(here, VERA)
    put(here, kaart, "netwerk", {"id": "n-9", "naam": "Tante", "afgeschermdVoor": ["w-2"]})
    put(here, kaart, "afspraken", agreement(here, kaart, wie=["n-1", "n-9"]), "Omdat TANTE meedoet.")
    offered(here, there, kaart)
    assert "TANTE" not in all_of(here, packed(here, kaart), tmp_path)


def test_words_about_more_items_travel_without_the_words_where_one_stays_behind(
    both: tuple[Side, Side], tmp_path: Path
) -> None:
    here, there = both
    kaart = card(here, VERA, {"id": "w-66", "naam": "Geheim", "organisatie": "X", "afgeschermdVoor": ["w-2"]})
    put(here, kaart, "afspraken", agreement(here, kaart, id="a-8", afgeschermdVoor=["w-66"]))
    put(here, kaart, "afspraken", agreement(here, kaart, id="a-9", afgeschermdVoor=["w-2"]))
    judge = colleague(here, kaart, "els", "beoordelaar")
    verdicts = {one: Verdict(DISAGREED, "NIETZEGGEN") for one in ("a-1", "a-8", "a-9")}
    judging.judge(here.desk, judge, kaart, here.desk.kaarten.head(kaart), verdicts)
    offered(here, there, kaart)
    data = packed(here, kaart)
    text = all_of(here, data, tmp_path)
    assert not [one for one in ("NIETZEGGEN", "w-66", '"a-9"') if one in text]
    accepted(there, data)
    judged = [one for one in there.desk.kaarten.overleg(kaart).said if one.kind == "oordeel"]
    assert [one.verdict for one in judged] == [DISAGREED]


def test_a_receipt_keeps_back_what_the_package_kept_back(both: tuple[Side, Side], tmp_path: Path) -> None:
    here, there = both
    kaart = card(here, WIM)
    put(here, kaart, "afspraken", agreement(here, kaart, id="a-9", tekst="GEHEIM", afgeschermdVoor=["w-7"]))
    offered(here, there, kaart, rows=("w-7",))
    offer = accepted(there, packed(here, kaart))
    receipts.read_in(here.desk, here.actor, brought(here, receipt(there, kaart, offer)), Chosen())
    back = offered(there, here, kaart)
    accepted(here, packed(there, kaart))
    assert "GEHEIM" not in all_of(there, receipt(here, kaart, back), tmp_path)


def test_a_receipt_is_made_by_who_accepted_and_by_no_reader(both: tuple[Side, Side]) -> None:
    here, there = both
    kaart = card(here)
    offered(here, there, kaart)
    offer = accepted(there, packed(here, kaart))
    reader = replace(there, actor=colleague(there, kaart, "lies", "meelezer"))
    with pytest.raises(NotAllowed):
        receipt(reader, kaart, offer)
    assert receipt(there, kaart, offer)


def test_no_package_takes_a_card_from_its_dossierhouder_here(both: tuple[Side, Side], tmp_path: Path) -> None:
    here, there = both
    kaart = card(here)
    offer = offered(here, there, kaart)
    data = packed(here, kaart)
    handing_over.withdraw(here.desk, here.actor, kaart, offer, "Toch niet.")
    sender, receiver = {"installatie": there.id, "naam": "x", "door": "x"}, {"installatie": here.id, "naam": "x"}
    false = forged(
        there,
        data,
        tmp_path / "f",
        lambda letter: letter.update(van=sender, aan=receiver, id="vals1234"),
        lambda document: document["afspraken"][0].update(tekst="Van elders"),
    )
    parcel = brought(replace(here, actor=colleague(here, kaart, "carl", "")), false)
    with pytest.raises(Refused, match="heeft hier al een dossierhouder"):
        taking_in.accept(here.desk, colleague(here, kaart, "carl", ""), parcel, Chosen())
    assert holders(here, kaart) == ["account:ans"]


def test_nobody_elsewhere_confirms_asks_or_says_anything_for_us(both: tuple[Side, Side], tmp_path: Path) -> None:
    here, there = both
    kaart = card(here)
    put(here, kaart, "afspraken", agreement(here, kaart, id="a-9", afgeschermdVoor=["p-2"]))
    request = here.desk.kaarten.overleg(kaart).overleg.requests()[0].said
    handed(here, there, kaart)
    offered(there, here, kaart)
    stranger, now = Speaker(f"{there.id}:x", "Els Els"), datetime.now(UTC)
    revision = there.desk.kaarten.head(kaart)
    false = (
        Said("e-f1", CONFIRMATION, now, stranger, verdict=CONFIRMED, to=(request.id,)),
        Said("e-f2", ASKED, now, stranger, revision=revision, step="afsluiten", text="Sluit maar."),
        Said("e-f3", ASKED, now, Speaker(f"{here.id}:ans", "Ans Aal"), revision=revision, step="afsluiten", text="X"),
    )
    accepted(here, forged(there, packed(there, kaart), tmp_path / "f", said=false))
    whole = here.desk.kaarten.overleg(kaart)
    assert [one.said.id for one in whole.overleg.requests() if one.open] == [request.id]
    assert not {one.id for one in whole.said} & {one.id for one in false}
    assert confirming.ask_step(here.desk, here.actor, kaart, "afsluiten", here.desk.kaarten.head(kaart), "Klaar.")


def test_a_receipt_ends_with_the_end_of_our_turn_and_nothing_after_it(both: tuple[Side, Side], tmp_path: Path) -> None:
    here, there = both
    kaart = card(here)
    offered(here, there, kaart)
    data = receipt(there, kaart, accepted(there, packed(here, kaart)))
    (tmp_path / "open").mkdir()
    (tmp_path / "open" / "dicht").write_bytes(data)
    here.desk.keys.decrypt(tmp_path / "open" / "dicht", tmp_path / "open" / "plat", len(data) * 9)
    plain = (tmp_path / "open" / "plat").read_bytes()
    more = forged(there, plain, tmp_path / "f", change=lambda document: document["kaart"].update(toestand="actief"))
    with pytest.raises(Refused):
        receipts.read_in(here.desk, here.actor, brought(here, more), Chosen())
    assert (holders(here, kaart), state_of(here.desk.kaarten.read(kaart).document)) == (
        ["account:ans"],
        "in_overdracht",
    )
    receipts.read_in(here.desk, here.actor, brought(here, plain), Chosen())
    assert holders(here, kaart) == []


@pytest.mark.parametrize("name", ["kaart.json", "kaart.md", "overdracht.json"])
def test_a_package_without_a_file_that_it_must_have_is_refused_in_a_sentence(
    both: tuple[Side, Side], tmp_path: Path, name: str
) -> None:
    here, there = both
    kaart = card(here)
    offered(here, there, kaart)
    with pytest.raises(Refused):
        brought(there, forged(here, packed(here, kaart), tmp_path / "f", without=name))
    assert there.desk.quarantine.all() == []


def test_a_card_comes_home_also_where_they_took_away_what_something_shielded_needs(both: tuple[Side, Side]) -> None:
    here, there = both
    kaart = card(here, VERA)
    put(here, kaart, "afspraken", agreement(here, kaart, id="a-9", afgeschermdVoor=["w-2"]))
    handed(here, there, kaart)
    editing.remove_item(
        there.desk, there.actor, kaart, "professionals", "w-2", there.desk.kaarten.head(kaart), "Vera is weg."
    )
    handed(there, here, kaart)
    document = here.desk.kaarten.read(kaart).document
    assert "w-2" in [one["id"] for one in document["professionals"]]
    assert [one["afgeschermdVoor"] for one in document["afspraken"] if one["id"] == "a-9"] == [["w-2"]]


def test_who_died_before_what_was_said_came_in_gets_it_by_accepting_again(
    both: tuple[Side, Side], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = both
    kaart = card(here)
    handed(here, there, kaart)
    talking.speak(there.desk, there.actor, kaart, "a-1", "Dit zei Bo.")
    offered(there, here, kaart)
    data = packed(there, kaart)
    parcel = brought(here, data)

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(taking_in, "finish", dies)
        with pytest.raises(KeyboardInterrupt):
            taking_in.accept(here.desk, here.actor, parcel, Chosen())
    assert holders(here, kaart) == ["account:ans"]
    assert taking_in.accept(here.desk, here.actor, parcel, Chosen()) == kaart
    assert "Dit zei Bo." in [one.text for one in here.desk.kaarten.overleg(kaart).said]
    assert here.desk.quarantine.all() == []
    with pytest.raises(Refused):
        accepted(here, data)
