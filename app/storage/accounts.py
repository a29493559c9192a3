"""The organisations of this installation and the accounts of their people, in TinyDB."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from tinydb import where

from app.storage.durable_json import reading, transaction
from app.storage.errors import StoreDamaged, translated

_ORGANISATIONS, _ACCOUNTS = "organisations", "accounts"
_Row = TypeVar("_Row", "Organisation", "Account")


@dataclass(frozen=True)
class Organisation:
    """An organisation whose people work with cards.

    Attributes:
        id: a short name of letters, such as ``cjg-delinde``.
        name: the whole name, as it stands on cards.
        kind: one of the schema's `organisatieType`, or empty.
        host: whether it runs this installation: its administrators look after all organisations.
        active: False once it takes no part any more; none of its people can sign in then.
    """

    id: str
    name: str
    kind: str = ""
    host: bool = False
    active: bool = True


@dataclass(frozen=True)
class Account:
    """A person who may sign in.

    Attributes:
        id: drawn, or a short name of letters such as ``fatima``.
        name: the whole name.
        email: the address to sign in with, that also stands with each change; in small letters.
        organisation: the id of the organisation.
        role: a role at the organisation, of roles.json.
        function: what he or she does there.
        active: False once this person may not sign in any more.
        stamp: goes up with each change that ends the sessions: password, second factor, role, deactivation.
        password: hash of the password (Argon2id), or empty.
        totp: the secret of the second factor, in base 32, or empty.
        recovery: hashes of the recovery codes that are left.
        subject: who this is at the single sign-on: issuer and subject, with a space between; or empty.
        since: when the account was made, in UTC, ISO 8601.
        demonstration: whether this person is invented: picked from a list, in a demonstration alone.
    """

    id: str
    name: str
    email: str
    organisation: str
    role: str = "professional"
    function: str = ""
    active: bool = True
    stamp: int = 0
    password: str = ""
    totp: str = ""
    recovery: tuple[str, ...] = ()
    subject: str = ""
    since: str = ""
    demonstration: bool = False


@dataclass(frozen=True)
class Known:
    """Everybody, as they were at one moment: by id."""

    organisations: Mapping[str, Organisation]
    accounts: Mapping[str, Account]

    def by_email(self, email: str) -> Account | None:
        """The account with an address, however it was typed."""
        wanted = email.strip().casefold()
        return next((one for one in self.accounts.values() if one.email.casefold() == wanted), None)


class Accounts:
    """All organisations and accounts, in one small file; read again when it changed."""

    def __init__(self, path: Path) -> None:
        """For a file that may not be there yet."""
        self._path = path
        self._read: tuple[tuple[int, ...], Known] | None = None

    def known(self) -> Known:
        """Everybody, by name; costs one look at the file while nobody changes it.

        Raises:
            StoreError: the file cannot be read, or does not hold accounts.
        """
        seen = self._seen()
        if self._read is None or self._read[0] != seen:
            with reading(self._path) as database:
                organisations = [_row(Organisation, row) for row in database.table(_ORGANISATIONS).all()]
                accounts = [_row(Account, row) for row in database.table(_ACCOUNTS).all()]
            known = Known(
                {one.id: one for one in sorted(organisations, key=lambda one: one.name)},
                {one.id: one for one in sorted(accounts, key=lambda one: one.name)},
            )
            self._read = (seen, known)
        return self._read[1]

    def put(self, organisations: Iterable[Organisation] = (), accounts: Iterable[Account] = ()) -> None:
        """Add organisations and accounts, or change those whose id is known already: all or nothing.

        Raises:
            StoreError: nothing was saved.
        """
        with transaction(self._path) as database:
            for organisation in organisations:
                database.table(_ORGANISATIONS).upsert(asdict(organisation), where("id") == organisation.id)
            for account in accounts:
                database.table(_ACCOUNTS).upsert(asdict(account), where("id") == account.id)

    def _seen(self) -> tuple[int, ...]:
        """What differs once the file was replaced: it is never changed in place."""
        with translated(f"look at {self._path.name}"):
            try:
                found = os.stat(self._path)  # noqa: PTH116 - asked at every request
            except FileNotFoundError:
                return ()
        return (found.st_ino, found.st_mtime_ns, found.st_size)


def _row(kind: type[_Row], row: Mapping[str, Any]) -> _Row:
    """What is told of in a row; what else stands there is left alone."""
    known = {field.name: row[field.name] for field in fields(kind) if field.name in row}
    try:
        for value in known.values():
            if isinstance(value, str):
                value.encode()
        if "recovery" in known:
            known["recovery"] = tuple(known["recovery"])
        return kind(**known)
    except (TypeError, UnicodeEncodeError) as error:
        raise StoreDamaged(f"accounts: {error}") from error
