"""Bags: what goes in comes out, as the standard has it; what somebody with bad plans made is refused whole."""

import io
import os
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.storage.bags import BadBag, Bag, BagLimits, read_bag, write_bag
from app.storage.errors import StoreError, StoreFailed
from app.storage.signing import Keys, verify
from tests.bad_bags import closed, opened
from tests.hostile_bags import FORGED, HOSTILE, Hostile

INFO = [("Source-Organization", "Veilig Thuis Élan"), ("Bagging-Date", "2026-11-28")]
PAYLOAD: dict[str, bytes | Path] = {"kaart.json": b'{"id": 1}\n' * 50, "gezegd/é 1.md": b"hallo", "leeg": b""}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys") / "sleutels")


@pytest.fixture(scope="module")
def good(keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    target = tmp_path_factory.mktemp("good") / "kaart.zip"
    write_bag(target, PAYLOAD, INFO, keys.sign)
    return target.read_bytes()


def known(path: str) -> bool:
    return path in PAYLOAD


def read(data: bytes, folder: Path, limits: BagLimits | None = None) -> Bag:
    (folder / "in.zip").write_bytes(data)
    return read_bag(folder / "in.zip", folder / "uit", known, limits or BagLimits())


def test_what_went_in_comes_out_for_this_user_alone(good: bytes, keys: Keys, tmp_path: Path) -> None:
    bag = read(good, tmp_path)
    assert {
        str(one.relative_to(bag.folder)): one.read_bytes() for one in bag.folder.rglob("*") if one.is_file()
    } == PAYLOAD
    assert bag.info == {**dict(INFO), "Payload-Oxum": "505.3"}
    assert verify(bag.signed, bag.signature, keys.public)
    modes = {stat.S_IMODE(one.lstat().st_mode) for one in (tmp_path / "uit").rglob("*") if one.is_file()}
    assert modes == {0o600}


def test_the_same_payload_gives_the_same_bytes_and_the_digest_by_which_it_is_known(
    good: bytes, keys: Keys, tmp_path: Path
) -> None:
    (tmp_path / "los").write_bytes(b"hallo")
    again = {**dict(reversed(PAYLOAD.items())), "gezegd/é 1.md": tmp_path / "los"}
    digest = write_bag(tmp_path / "kaart.zip", again, INFO, keys.sign)
    assert (tmp_path / "kaart.zip").read_bytes() == good
    assert digest == read(good, tmp_path).digest
    assert write_bag(tmp_path / "b.zip", PAYLOAD, [], keys.sign) == digest
    assert write_bag(tmp_path / "c.zip", {**PAYLOAD, "leeg": b" "}, INFO, keys.sign) != digest


def test_the_standards_own_program_finds_it_valid(good: bytes, tmp_path: Path) -> None:
    zipfile.ZipFile(io.BytesIO(good)).extractall(tmp_path)
    words = [sys.executable, "-m", "bagit", "--validate", "--quiet", str(tmp_path / "kaart")]
    assert subprocess.run(words, timeout=60, check=False).returncode == 0
    (tmp_path / "kaart" / "data" / "leeg").write_bytes(b"x")
    assert subprocess.run(words, timeout=60, stderr=subprocess.DEVNULL, check=False).returncode == 1


_parts = st.text(st.characters(codec="utf-8", exclude_characters="/"), min_size=1, max_size=8)
_paths = st.lists(_parts | st.sampled_from(["a", "A", "..", "con", "x."]), min_size=1, max_size=3).map("/".join)


@settings(deadline=None, max_examples=60)
@given(payload=st.dictionaries(_paths, st.binary(max_size=300), max_size=5))
def test_any_payload_comes_back_the_same_or_is_refused_before_it_travels(
    payload: Mapping[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("bag")
    try:
        digest = write_bag(folder / "a.zip", payload, INFO, lambda data: b"sig" + data[:5])
    except BadBag:
        assert list(folder.iterdir()) == []
        return
    bag = read_bag(folder / "a.zip", folder / "b", payload.__contains__)
    back = {str(one.relative_to(bag.folder)): one.read_bytes() for one in bag.folder.rglob("*") if one.is_file()}
    assert (back, bag.digest) == (payload, digest)


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda one: one.name)
def test_a_hostile_package_is_refused_whole(hostile: Hostile, good: bytes, tmp_path: Path) -> None:
    bad = hostile.make(good)
    began = time.process_time()
    with pytest.raises(BadBag) as told:
        read(bad, tmp_path)
    assert told.value.code == hostile.code, str(told.value)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["in.zip"]
    assert time.process_time() - began < 5


@pytest.mark.parametrize("forged", FORGED, ids=lambda one: one.name)
def test_a_forged_package_is_whole_but_not_of_who_it_says(
    forged: Hostile, good: bytes, keys: Keys, tmp_path: Path
) -> None:
    bag = read(forged.make(good), tmp_path)
    assert not verify(bag.signed, bag.signature, keys.public)


def test_the_makers_of_hostile_packages_change_nothing_else(good: bytes, tmp_path: Path) -> None:
    assert read(closed(*opened(good)), tmp_path).info["Payload-Oxum"] == "505.3"


@settings(deadline=None, max_examples=300)
@given(data=st.data())
def test_no_byte_of_a_package_can_be_another_without_being_noticed(
    data: st.DataObject, good: bytes, keys: Keys, tmp_path_factory: pytest.TempPathFactory
) -> None:
    at, sign = data.draw(st.integers(0, len(good) - 1)), data.draw(st.integers(1, 255))
    bad = good[:at] + bytes([good[at] ^ sign]) + good[at + 1 :]
    folder = tmp_path_factory.mktemp("bad")
    try:
        bag = read(bad, folder)
    except BadBag:
        assert not (folder / "uit").exists()
        return
    # What may differ says nothing: the dates of files and such. What comes out is what was signed.
    assert verify(bag.signed, bag.signature, keys.public)
    assert bag.digest == read_bag_of(good, folder).digest


def read_bag_of(data: bytes, folder: Path) -> Bag:
    (folder / "good.zip").write_bytes(data)
    return read_bag(folder / "good.zip", folder / "good", known)


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (BagLimits(zip_bytes=500), "large"),
        (BagLimits(file_bytes=499), "large"),
        (BagLimits(total_bytes=1000), "large"),
        (BagLimits(files=9), "many"),
        (BagLimits(ratio=0, small=0), "bomb"),
    ],
)
def test_limits_hold_for_who_reads_and_for_who_writes(
    limits: BagLimits, code: str, good: bytes, keys: Keys, tmp_path: Path
) -> None:
    with pytest.raises(BadBag) as told:
        read(good, tmp_path, limits)
    assert told.value.code == code
    (tmp_path / "in.zip").unlink()
    with pytest.raises(BadBag) as told:
        write_bag(tmp_path / "kaart.zip", PAYLOAD, INFO, keys.sign, limits=limits)
    assert told.value.code == code
    assert list(tmp_path.iterdir()) == []


def test_a_package_that_cannot_be_written_leaves_the_one_before(good: bytes, tmp_path: Path) -> None:
    target = tmp_path / "kaart.zip"
    target.write_bytes(good)
    (tmp_path / "kaart.zip.new").write_bytes(b"what a killed process left")

    def refuse(data: bytes) -> bytes:
        raise StoreFailed(f"{len(data)} bytes")

    with pytest.raises(StoreFailed):
        write_bag(target, PAYLOAD, INFO, refuse)
    with pytest.raises(StoreError):
        write_bag(target, {"kaart.json": tmp_path / "weg"}, INFO, lambda _: b"")
    with pytest.raises(ValueError, match="no lines"):
        write_bag(target, PAYLOAD, [("Contact-Name", "x\nPayload-Oxum: 1.1")], lambda _: b"")
    assert [one.name for one in tmp_path.iterdir()] == ["kaart.zip"]
    assert target.read_bytes() == good
    write_bag(target, {}, INFO, lambda _: b"x")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_folder_that_is_there_already_is_left_alone(good: bytes, tmp_path: Path) -> None:
    (tmp_path / "uit").mkdir()
    (tmp_path / "uit" / "iets").write_bytes(b"x")
    with pytest.raises(StoreFailed):
        read(good, tmp_path)
    assert (tmp_path / "uit" / "iets").exists()


def test_only_a_file_is_read_and_packed(good: bytes, tmp_path: Path) -> None:
    (tmp_path / "good.zip").write_bytes(good)
    (tmp_path / "link").symlink_to("good.zip")
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe", "."):
        with pytest.raises(StoreError):
            read_bag(tmp_path / name, tmp_path / "uit", known)
        with pytest.raises(StoreError):
            write_bag(tmp_path / "x.zip", {"kaart.json": tmp_path / name}, INFO, lambda _: b"")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["good.zip", "link", "pipe"]
