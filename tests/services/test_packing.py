"""A package is what it says, by tools that others wrote; and holds nothing that is kept from the receiver."""

import io
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pygit2
import pytest

from app.content.letters import HANDOVER
from app.services import editing, packing
from app.services.talking import speak
from app.storage.signing import NAMESPACE
from tests.papers import faults
from tests.papers import words as words_of
from tests.two import Side, offered, packed, ready_card, sides


@pytest.fixture
def both(tmp_path: Path) -> tuple[Side, Side]:
    return sides(tmp_path / "sides")


@pytest.fixture
def unpacked(both: tuple[Side, Side], tmp_path: Path) -> Path:
    here, there = both
    kaart = ready_card(here)
    offered(here, there, kaart)
    return unzipped(packed(here, kaart), tmp_path)


def unzipped(data: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(folder / "bag")
    [top] = (folder / "bag").iterdir()
    return top


def run(*words: str | Path, stdin: bytes = b"", cwd: Path | None = None) -> str:
    done = subprocess.run([str(one) for one in words], input=stdin, capture_output=True, cwd=cwd, check=False)
    assert done.returncode == 0, (done.stdout, done.stderr)
    return (done.stdout + done.stderr).decode()


def test_bagit_of_the_library_of_congress_finds_it_valid(unpacked: Path) -> None:
    run(sys.executable, "-m", "bagit", "--validate", unpacked)


def test_git_verifies_and_clones_the_history(unpacked: Path, tmp_path: Path) -> None:
    bundle = unpacked / "data" / "geschiedenis.bundle"
    run("git", "init", "-q", "--bare", tmp_path / "empty.git")
    assert "complete history" in run("git", "bundle", "verify", bundle, cwd=tmp_path / "empty.git")
    run("git", "clone", "-q", bundle, tmp_path / "clone")
    run("git", "fsck", "--strict", "--full", cwd=tmp_path / "clone")
    assert (tmp_path / "clone" / "kaart.json").read_bytes() == (unpacked / "data" / "kaart.json").read_bytes()


def test_openssh_alone_checks_the_signature(both: tuple[Side, Side], unpacked: Path, tmp_path: Path) -> None:
    here, _ = both
    (tmp_path / "signers").write_text(f"{here.id} {here.desk.keys.public}\n")
    signed = unpacked / "tagmanifest-sha512.txt"
    words: list[str | Path] = ["ssh-keygen", "-Y", "verify", "-f", tmp_path / "signers", "-I", here.id, "-n", NAMESPACE]
    said = run(*words, "-s", unpacked / "tagmanifest-sha512.txt.sig", stdin=signed.read_bytes())
    assert "Good" in said


def test_the_paper_can_be_kept_and_read_out(unpacked: Path) -> None:
    assert faults((unpacked / "data" / "kaart.pdf").read_bytes()) == []


def test_the_letter_the_words_for_the_archive_and_the_table_are_there(both: tuple[Side, Side], unpacked: Path) -> None:
    here, there = both
    data = unpacked / "data"
    letter = here.desk.types.letters.read(HANDOVER, (data / "overdracht.json").read_bytes())
    assert letter["aan"] == {"installatie": there.id, "naam": there.name}
    assert letter["weggelaten"] == []
    assert letter["evaluatie"]["datum"] == "2027-03-01"
    assert b"<MDTO xmlns=" in (data / "mdto.xml").read_bytes()
    assert "Vader belt oma" in (data / "afspraken.csv").read_text("utf-8-sig")
    assert "bagit.py --validate" in (data / "LEESMIJ.txt").read_text()


def test_the_same_card_gives_the_same_bytes(both: tuple[Side, Side]) -> None:
    here, there = both
    kaart = ready_card(here)
    offered(here, there, kaart)
    first = packed(here, kaart)
    here.desk.admin.pack(kaart)
    assert packed(here, kaart) == first


def test_who_has_a_key_gets_it_encrypted_and_nobody_else_can_open_it(both: tuple[Side, Side], tmp_path: Path) -> None:
    here, there = both
    kaart = ready_card(here)
    offered(here, there, kaart)
    with packing.package(here.desk, here.actor, kaart) as made:
        assert made.encrypted
        assert made.path.read_bytes().startswith(b"age-encryption.org/")
        there.desk.keys.decrypt(made.path, tmp_path / "open.zip", 10**7)
    assert zipfile.is_zipfile(tmp_path / "open.zip")


WORDS = ("Zilverberkenlaan", "Kwikstaartreden", "Vuurtorenvraag", "Grutto")
"""Words of what is kept from the receiver: in the item, the reason of a save, what was said, and of what is gone."""
BSN = "111222333"


def secretive(here: Side, there: Side) -> str:
    """A card with all kinds of things that stay behind."""
    people = [
        {"id": "w-1", "naam": "x", "organisatie": "x"},
        {"id": "w-2", "naam": "Cor Cas", "organisatie": there.name},
    ]
    kaart = ready_card(here, professionals=people)
    item = {
        "id": "a-hhh", "tekst": f"Slaapt op de {WORDS[0]}.", "wie": ["p-2"], "start": "2026-03-12",
        "frequentie": "Elke nacht", "toezichtDoor": ["w-1"], "status": "actief",
    }  # fmt: skip
    save(here, kaart, "afspraken", item, f"Eerst nog open: {WORDS[1]}")
    shield = {"afgeschermdVoor": ["w-2"], "redenAfscherming": f"Wegens {WORDS[1]}"}
    save(here, kaart, "afspraken", {**item, **shield}, f"Nu dicht: {WORDS[1]}")
    speak(here.desk, here.actor, kaart, "a-hhh", f"Klopt dit: {WORDS[2]}?")
    speak(here.desk, here.actor, kaart, "a-1", f"Haar nummer is {BSN}.")
    gone = {"id": "k-ggg", "tekst": f"De {WORDS[3]} zingt.", **shield}
    save(here, kaart, "krachten", gone, WORDS[3])
    base = here.desk.kaarten.head(kaart)
    editing.remove_item(here.desk, here.actor, kaart, "krachten", "k-ggg", base, f"{WORDS[3]} is weg.")
    save(here, kaart, "krachten", {"id": "k-b", "tekst": f"Noor heeft nummer {BSN}."}, f"Haar nummer is {BSN}.")
    home = {"afgeschermdVoor": ["p-2"], "redenAfscherming": "Veilig adres"}
    save(here, kaart, "krachten", {"id": "k-f", "tekst": "Moeder woont op een Geheimplek.", **home}, "Adres")
    return kaart


def save(side: Side, kaart: str, section: str, item: dict[str, Any], reason: str) -> None:
    editing.save_item(side.desk, side.actor, kaart, section, item, side.desk.kaarten.head(kaart), reason)


def every_byte(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of a package, what the PDF says and holds, and every object of the bundle."""
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            yield file.name, file.read_bytes() + str(file).encode()
    yield "paper", words_of((folder / "data" / "kaart.pdf").read_bytes()).encode()
    run("git", "clone", "-q", "--bare", folder / "data" / "geschiedenis.bundle", folder.parent / "bare.git")
    repository = pygit2.Repository(str(folder.parent / "bare.git"))
    for oid in repository.odb:
        yield str(oid), repository.odb.read(oid)[1]


def test_no_byte_of_a_package_tells_what_is_kept_from_the_receiver(both: tuple[Side, Side], tmp_path: Path) -> None:
    here, there = both
    kaart = secretive(here, there)
    own = str(here.desk.kaarten.read(kaart).document)
    assert WORDS[0] in own
    offered(here, there, kaart)
    folder = unzipped(packed(here, kaart), tmp_path)
    found = [
        (name, word)
        for name, data in every_byte(folder)
        for word in (*WORDS, BSN, "a-hhh", "k-ggg")
        if word.encode() in data
    ]
    assert found == []
    letter = here.desk.types.letters.read(HANDOVER, (folder / "data" / "overdracht.json").read_bytes())
    assert letter["weggelaten"] == ["afgeschermd", "bsn"]
    kept = (folder / "data" / "kaart.json").read_text()
    assert "Geheimplek" in kept
    assert '"p-2"' in kept
