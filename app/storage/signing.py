"""The keys of this installation: what it signs with, and what others encrypt for it.

Signatures are those of OpenSSH (`ssh-keygen -Y`), so that anybody can check one without this program; encryption is
that of age. A key is made at first need and stays: whoever knows this installation knows it by that key.
"""

import base64
import hashlib
import os
import re
import shutil
import struct
import subprocess  # nosec B404
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import pyrage

from app.storage.errors import SshMissing, StoreDamaged, StoreError, StoreFailed, TooLarge, translated
from app.storage.files import replace_synced, sync_directory
from app.storage.locks import locked

NAMESPACE = "kaarten-overdracht"
"""What a signature is for: one that was made for something else does not count."""
_ED25519 = b"ssh-ed25519"
_LINE = re.compile(r"ssh-ed25519 ([A-Za-z0-9+/]{68})")
_SECONDS = 30.0
_LARGEST_SIGNATURE = 1 << 12


class NotForUs(StoreError):
    """A file cannot be decrypted: it was not encrypted for this installation, or it was damaged on the way."""


class Keys:
    """The keys in a folder. Any thread and process may use it; each call raises a `StoreError`."""

    def __init__(self, folder: Path) -> None:
        """For a folder that may not be there yet: the keys are made when somebody asks for them."""
        self._folder = folder.absolute()  # ssh-keygen is started elsewhere

    @cached_property
    def public(self) -> str:
        """The public half of what this installation signs with: a line of OpenSSH, without a comment."""
        said = _ssh_keygen(["-y", "-f", str(self._signing)], StoreDamaged).decode("ascii", "replace")
        line = " ".join(said.split()[:2])
        key_blob(line)
        return line

    @property
    def id(self) -> str:
        """By which other installations know this one."""
        return installation_id(self.public)

    @property
    def fingerprint(self) -> str:
        """The public key in short, for two people who compare it by telephone."""
        return fingerprint(self.public)

    @cached_property
    def recipient(self) -> str:
        """What others encrypt for: a public key of age."""
        return str(self._identity.to_public())

    def sign(self, data: bytes) -> bytes:
        """The signature of this installation over bytes, armored; the same bytes have the same."""
        return _ssh_keygen(["-Y", "sign", "-q", "-f", str(self._signing), "-n", NAMESPACE], StoreDamaged, data)

    def decrypt(self, source: Path, target: Path, most: int) -> None:
        """Decrypt a file that was encrypted for this installation to a new file, a piece at a time.

        Args:
            source: what came in.
            target: not there yet; not there either when anything is wrong.
            most: how many bytes are taken in.

        Raises:
            NotForUs: it was encrypted for somebody else, or is damaged.
            TooLarge: it is more than that.
        """
        with _new_file(target) as out, source.open("rb") as file:
            counted = _Counted(out, most)
            try:
                pyrage.decrypt_io(file, counted, [self._identity])
            except (pyrage.DecryptError, OSError) as error:
                if counted.over:
                    raise TooLarge(f"{source.name} is more than {most} bytes") from error
                # What was changed further on in the file is told as an error of reading, but not one of the system.
                if isinstance(error, pyrage.DecryptError) or error.errno is None:
                    raise NotForUs(f"{source.name}: {error}") from error
                raise

    @cached_property
    def _signing(self) -> Path:
        """The private key that signs, in a file as OpenSSH has it."""
        path = self._folder / "ondertekening"
        with self._making():
            if not path.exists():
                with tempfile.TemporaryDirectory(dir=self._folder) as aside:
                    made = Path(aside, "key")
                    _ssh_keygen(["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(made)], StoreFailed)
                    replace_synced(path, made.read_bytes())
                sync_directory(self._folder)
        return path

    @cached_property
    def _identity(self) -> pyrage.x25519.Identity:
        path = self._folder / "versleuteling"
        with self._making():
            if not path.exists():
                replace_synced(path, f"{pyrage.x25519.Identity.generate()}\n".encode())
                sync_directory(self._folder)
            try:
                return pyrage.x25519.Identity.from_str(path.read_text("ascii", errors="replace").strip())
            except pyrage.IdentityError as error:
                raise StoreDamaged(f"{path.name} holds no key") from error

    @contextmanager
    def _making(self) -> Iterator[None]:
        """One maker at a time: two keys would be two installations."""
        with translated("the keys of this installation", git_error=StoreFailed):
            if not self._folder.is_dir():
                self._folder.mkdir(mode=0o700, exist_ok=True)
                sync_directory(self._folder.parent)
            with locked(self._folder / "sleutels.lock"):
                yield


def verify(data: bytes, signature: bytes, public: str) -> bool:
    """Whether a signature over bytes is of this key and for `NAMESPACE`; what key it names itself does not count.

    Raises:
        ValueError: `public` is no public key.
        StoreError: ssh-keygen cannot be asked.
    """
    key_blob(public)
    if len(signature) > _LARGEST_SIGNATURE:
        return False
    name = installation_id(public)
    with translated("check a signature"), tempfile.TemporaryDirectory() as folder:
        signers, signed = Path(folder, "allowed_signers"), Path(folder, "signature")
        signers.write_text(f'{name} namespaces="{NAMESPACE}" {public}\n', "ascii")
        signed.write_bytes(signature)
        done = _run(["-Y", "verify", "-f", str(signers), "-I", name, "-n", NAMESPACE, "-s", str(signed)], data)
    return done.returncode == 0


def encrypt(source: Path, target: Path, recipient: str) -> None:
    """Encrypt a file for another installation to a new file, a piece at a time, on disk on return.

    Raises:
        ValueError: `recipient` is no public key of age.
        StoreError: the disk refused.
    """
    key = _recipient(recipient)
    with _new_file(target) as out, source.open("rb") as file:
        pyrage.encrypt_io(file, out, [key])


def is_recipient(text: str) -> bool:
    """Whether this is a public key of age."""
    try:
        _recipient(text)
    except ValueError:
        return False
    return True


def key_blob(public: str) -> bytes:
    """The bytes of a public key in a line of OpenSSH; raises `ValueError` for all but an ed25519 key without more."""
    match = _LINE.fullmatch(public)
    blob = base64.b64decode(match[1]) if match else b""
    if blob[:19] != struct.pack(">L11sL", len(_ED25519), _ED25519, 32) or len(blob) != 51:
        raise ValueError("no ed25519 key of OpenSSH")
    return blob


def fingerprint(public: str) -> str:
    """A public key in short, as `ssh-keygen -l` says it."""
    digest = hashlib.sha256(key_blob(public)).digest()
    return f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"


def installation_id(public: str) -> str:
    """By which an installation is known: it follows from its key, so that nobody can take another's."""
    return f"i-{hashlib.sha256(key_blob(public)).hexdigest()[:20]}"


def _recipient(text: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError as error:
        raise ValueError("no public key of age") from error


class _Counted:
    """A file to write that takes no more than was agreed."""

    def __init__(self, file: BinaryIO, most: int) -> None:
        self._file, self._left, self.over = file, most, False

    def write(self, data: bytes) -> int:
        self._left -= len(data)
        if self._left < 0:
            self.over = True
            raise OSError("too much")
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()


@contextmanager
def _new_file(target: Path) -> Iterator[BinaryIO]:
    """A new file for this user alone, on disk at the end; gone after an exception."""
    with translated(f"write {target.name}", git_error=StoreFailed):
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                yield file
                file.flush()
                os.fsync(descriptor)
            sync_directory(target.parent)
        except BaseException:
            target.unlink(missing_ok=True)
            raise


def _ssh_keygen(words: Sequence[str], otherwise: type[StoreError], data: bytes = b"") -> bytes:
    """What ssh-keygen answers; raises `otherwise` where it could not do what was asked."""
    done = _run(words, data)
    if done.returncode != 0:
        raise otherwise(f"ssh-keygen: {done.stderr.decode('utf-8', 'replace').strip()}")
    return done.stdout


def _run(words: Sequence[str], data: bytes) -> "subprocess.CompletedProcess[bytes]":
    program = shutil.which("ssh-keygen")
    if program is None:
        raise SshMissing("the program ssh-keygen is not installed")
    try:
        # Our own words and paths, never by way of a shell; what anybody sent is in files and on the input.
        return subprocess.run(  # noqa: S603  # nosec B603
            [program, *words],
            input=data,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            cwd="/",
            env={"LC_ALL": "C", "PATH": os.defpath},  # no agent, no askpass, nobody's settings
            close_fds=True,
        )
    except subprocess.TimeoutExpired as error:
        raise StoreFailed("ssh-keygen does not answer") from error
    except OSError as error:
        raise StoreFailed(f"ssh-keygen: {error}") from error
