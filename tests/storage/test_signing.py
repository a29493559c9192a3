"""The keys of an installation: made once, checked by OpenSSH alone, and only the key that is known counts."""

import base64
import multiprocessing
import os
import stat
import subprocess
from pathlib import Path

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.storage import signing
from app.storage.errors import SshMissing, StoreDamaged, StoreFailed, TooLarge
from app.storage.signing import Keys, NotForUs, encrypt, fingerprint, installation_id, is_recipient, key_blob, verify
from tests.plain_ssh import sign_as

DATA = b"0a1b  bag-info.txt\n" * 9


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys") / "sleutels")


def test_keys_are_made_at_first_need_and_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    first = Keys(Path("sleutels"))
    assert list(tmp_path.iterdir()) == []
    assert (first.public, first.recipient) == (
        Keys(tmp_path / "sleutels").public,
        Keys(tmp_path / "sleutels").recipient,
    )
    assert first.sign(DATA) == Keys(tmp_path / "sleutels").sign(DATA)
    modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in tmp_path.rglob("*")}
    assert modes == {"sleutels": 0o700, "ondertekening": 0o600, "versleuteling": 0o600, "sleutels.lock": 0o600}


def _ask(folder: Path) -> tuple[str, str]:
    keys = Keys(folder)
    return keys.public, keys.recipient


def test_two_makers_make_one_key(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        assert len(set(pool.map(_ask, [tmp_path / "sleutels"] * 6, chunksize=1))) == 1


def test_openssh_alone_can_check_it_as_the_documentation_says(keys: Keys, tmp_path: Path) -> None:
    (tmp_path / "tagmanifest-sha512.txt").write_bytes(DATA)
    (tmp_path / "tagmanifest-sha512.txt.sig").write_bytes(keys.sign(DATA))
    (tmp_path / "allowed_signers").write_text(f"{keys.id} {keys.public}\n")
    page = Path(__file__, "../../../docs/security.md").resolve().read_text("utf-8")
    (command,) = [line.strip() for line in page.splitlines() if line.strip().startswith("ssh-keygen -Y verify")]
    words = command.replace("i-…", keys.id)

    def check() -> int:
        return subprocess.run(words, shell=True, cwd=tmp_path, capture_output=True, timeout=60, check=False).returncode  # noqa: S602

    assert check() == 0
    (tmp_path / "tagmanifest-sha512.txt").write_bytes(DATA + b"x")
    assert check() != 0


def test_a_key_is_named_as_openssh_names_it(keys: Keys, tmp_path: Path) -> None:
    (tmp_path / "key.pub").write_text(keys.public)
    said = subprocess.run(["ssh-keygen", "-l", "-f", tmp_path / "key.pub"], capture_output=True, text=True, check=True)
    assert said.stdout.split()[1] == keys.fingerprint == fingerprint(keys.public)
    assert keys.id == installation_id(keys.public)
    assert keys.id.startswith("i-")
    assert len(keys.id) == 22


def test_only_the_known_key_over_these_bytes_for_this_purpose_counts(keys: Keys, tmp_path: Path) -> None:
    other = Keys(tmp_path / "sleutels")
    good = keys.sign(DATA)
    assert verify(DATA, good, keys.public)
    assert not verify(DATA + b"\n", good, keys.public)
    assert not verify(DATA, good, other.public)
    assert not verify(DATA, other.sign(DATA), keys.public)
    own = tmp_path / "own"
    Keys(own).sign(b"")
    key = own / "ondertekening"
    assert verify(DATA, sign_as(key, signing.NAMESPACE, DATA), Keys(own).public)
    for namespace in ("git", "file", "kaarten", "kaarten-overdracht2"):
        assert not verify(DATA, sign_as(key, namespace, DATA), Keys(own).public)
    for nothing in (b"", b"x", good[:-40], good * 50, b"-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n"):
        assert not verify(DATA, nothing, keys.public)


def test_a_certificate_by_the_known_key_is_not_that_key(tmp_path: Path) -> None:
    authority, other = tmp_path / "ca", tmp_path / "other"
    for folder in (authority, other):
        Keys(folder).sign(b"")
    (tmp_path / "other.pub").write_text(Keys(other).public)
    subprocess.run(
        ["ssh-keygen", "-q", "-s", authority / "ondertekening", "-I", "x", "-n", "x", tmp_path / "other.pub"],
        check=True, timeout=60,
    )  # fmt: skip
    (tmp_path / "other").rename(tmp_path / "folder")
    (tmp_path / "folder" / "ondertekening").rename(tmp_path / "other")
    signed = sign_as(tmp_path / "other-cert.pub", signing.NAMESPACE, DATA)
    assert not verify(DATA, signed, Keys(authority).public)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "ssh-ed25519",
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ==",
        "ecdsa-sha2-nistp256 " + "A" * 68,
        "ssh-ed25519 " + "A" * 68,
        "ssh-ed25519 " + base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0\x1f" + bytes(31)).decode(),
        'cert-authority {key}',
        "{key} naam@voorbeeld.nl",
        " {key}",
        "{key}\n",
        "{key}\n* {key}",
        "{key} ",
    ],
)  # fmt: skip
def test_only_a_bare_ed25519_key_is_a_key(line: str, keys: Keys) -> None:
    for work in (key_blob, fingerprint, installation_id, lambda one: verify(DATA, b"", one)):
        with pytest.raises(ValueError, match="no ed25519"):
            work(line.replace("{key}", keys.public))


def test_what_is_encrypted_for_an_installation_only_it_reads(keys: Keys, tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(DATA * 20_000)
    encrypt(tmp_path / "in", tmp_path / "dicht", keys.recipient)
    assert DATA not in (tmp_path / "dicht").read_bytes()
    keys.decrypt(tmp_path / "dicht", tmp_path / "open", len(DATA) * 20_000)
    assert (tmp_path / "open").read_bytes() == DATA * 20_000
    assert {stat.S_IMODE((tmp_path / one).stat().st_mode) for one in ("dicht", "open")} == {0o600}
    with pytest.raises(TooLarge):
        keys.decrypt(tmp_path / "dicht", tmp_path / "te groot", len(DATA) * 20_000 - 1)
    with pytest.raises(NotForUs):
        Keys(tmp_path / "ander").decrypt(tmp_path / "dicht", tmp_path / "van ander", 10**9)
    with pytest.raises(StoreFailed):
        keys.decrypt(tmp_path / "dicht", tmp_path / "in", 10**9)  # what is there is not written over
    assert (tmp_path / "in").read_bytes() == DATA * 20_000
    assert sorted(one.name for one in tmp_path.iterdir()) == ["ander", "dicht", "in", "open"]


@pytest.fixture(scope="module")
def whole(keys: Keys) -> bytes:
    sealed: bytes = pyrage.encrypt(DATA, [pyrage.x25519.Recipient.from_str(keys.recipient)])
    return sealed


@settings(deadline=None, max_examples=100)
@given(data=st.data())
def test_what_was_damaged_on_the_way_is_never_half_decrypted(
    data: st.DataObject, whole: bytes, keys: Keys, tmp_path_factory: pytest.TempPathFactory
) -> None:
    at, sign = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 255))
    bad = data.draw(st.sampled_from([whole[:at], whole[:at] + bytes([whole[at] ^ (sign or 1)]) + whole[at + 1 :]]))
    folder = tmp_path_factory.mktemp("age")
    (folder / "in").write_bytes(bad)
    with pytest.raises(NotForUs):
        keys.decrypt(folder / "in", folder / "uit", 10**6)
    assert not (folder / "uit").exists()


def test_only_a_key_of_age_is_a_recipient(keys: Keys, tmp_path: Path) -> None:
    assert is_recipient(keys.recipient)
    for text in (
        "",
        "age1",
        keys.recipient[:-1],
        keys.public,
        keys.recipient + "\n",
        keys.recipient.upper() + "x",
        "age1é",
    ):
        assert not is_recipient(text), text
    with pytest.raises(ValueError, match="age"):
        encrypt(tmp_path, tmp_path / "uit", keys.public)


def test_a_damaged_key_is_not_replaced_by_a_new_one(tmp_path: Path) -> None:
    for name in ("ondertekening", "versleuteling"):
        folder = tmp_path / name
        folder.mkdir(mode=0o700)
        (folder / name).write_bytes(b"")
        (folder / name).chmod(0o600)
        for ask in ("public", "recipient"):
            if (name == "ondertekening") == (ask == "public"):
                with pytest.raises(StoreDamaged):
                    getattr(Keys(folder), ask)
        assert (folder / name).read_bytes() == b""


def test_without_ssh_keygen_it_is_said_that_it_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SshMissing):
        _ = Keys(tmp_path / "sleutels").public
    assert sorted(os.listdir(tmp_path / "sleutels")) == ["sleutels.lock"]  # noqa: PTH208
    assert Keys(tmp_path / "sleutels").recipient.startswith("age1")


def test_the_settings_and_the_agent_of_a_user_do_not_count(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_AUTH_SOCK", "/nonexistent")
    monkeypatch.setenv("SSH_ASKPASS", "/bin/false")
    monkeypatch.setenv("HOME", "/nonexistent")
    assert verify(DATA, keys.sign(DATA), keys.public)
