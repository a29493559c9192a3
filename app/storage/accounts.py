"""The organisations of this installation, the accounts of their people and the links sent to them, in TinyDB."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from tinydb import TinyDB, where

from app.storage.durable_json import reading, transaction
from app.storage.errors import AccountNotFound, StoreDamaged, translated

_ORGANISATIONS, _ACCOUNTS, _INVITATIONS = "organisations", "accounts", "invitations"
NO_MAIL, AT_ONCE, DAILY = "geen", "direct", "dagelijks"
"""When an account is told by e-mail of what its bell has new."""
_Row = TypeVar("_Row", "Organisation", "Account", "Invitation")


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
        role_since: when it got the role that it has, in UTC, ISO 8601; empty where that is not known.
        used: the day it was last signed in with, in ISO 8601; empty where it never was.
        mail: `NO_MAIL`, `AT_ONCE` or `DAILY`. Once a day unless somebody chooses: who is asked a question and does not
            look in hears of it by the next morning, and nobody is called away from a family by it.
        former: name and organisation as they were: what was shielded from this person under those stays so.
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
    role_since: str = ""
    used: str = ""
    mail: str = DAILY
    former: tuple[tuple[str, str], ...] = ()
    demonstration: bool = False

    @property
    def usable(self) -> bool:
        """Whether there is anything to sign in with: a password, a single sign-on, or the list of a demonstration."""
        return bool(self.password or self.subject or self.demonstration)


@dataclass(frozen=True)
class Invitation:
    """A link with which one person chooses a password and a second factor, once.

    Attributes:
        id: the SHA-256 of what stands in the link, in hexadecimal: who reads this file cannot make the link of it.
        account: whose.
        made: when, in UTC, ISO 8601.
        until: from when on it does not work any more, in UTC, ISO 8601.
        by: the id of who made it.
    """

    id: str
    account: str
    made: str
    until: str
    by: str


@dataclass(frozen=True)
class Known:
    """Everybody, as they were at one moment: by id."""

    organisations: Mapping[str, Organisation]
    accounts: Mapping[str, Account]
    invitations: Mapping[str, Invitation] = field(default_factory=dict)

    def by_email(self, email: str) -> Account | None:
        """The account with an address, however it was typed."""
        wanted = email.strip().casefold()
        return next((one for one in self.accounts.values() if one.email.casefold() == wanted), None)


@dataclass(frozen=True)
class Change:
    """What a change puts in place, and which links it takes away; all of it or nothing.

    Attributes:
        organisations: to add, or in the place of those with the same id.
        accounts: likewise.
        invitations: likewise.
        without: the ids of the invitations that are over.
    """

    organisations: Sequence[Organisation] = ()
    accounts: Sequence[Account] = ()
    invitations: Sequence[Invitation] = ()
    without: Sequence[str] = ()


class Accounts:
    """All organisations, accounts and invitations, in one small file; read again when it changed."""

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
                self._read = (seen, _known(database))
        return self._read[1]

    def edit(self, work: Callable[[Known], Change]) -> Known:
        """Change what depends on what is there: nobody else changes anything between looking and saving.

        Args:
            work: gets everybody as they are now, and says what is to change. What it raises, nothing is saved of.

        Returns:
            Everybody as they are after it.

        Raises:
            StoreError: nothing was saved.
        """
        with transaction(self._path) as database:
            change = work(_known(database))
            for table, rows in (
                (_ORGANISATIONS, change.organisations),
                (_ACCOUNTS, change.accounts),
                (_INVITATIONS, change.invitations),
            ):
                for row in rows:
                    database.table(table).upsert(asdict(row), where("id") == row.id)
            if change.without:
                database.table(_INVITATIONS).remove(where("id").one_of(list(change.without)))
            return _known(database)

    def change(self, account_id: str, function: Callable[[Account], Account]) -> Account:
        """Change one account, from what it is at that moment.

        Args:
            account_id: which.
            function: gets the account, and gives it as it should be. What it raises, nothing is saved of.

        Returns:
            The account as it is after it.

        Raises:
            AccountNotFound: there is none with this id.
            StoreError: nothing was saved.
        """

        def work(known: Known) -> Change:
            if account_id not in known.accounts:
                raise AccountNotFound(account_id)
            return Change(accounts=[function(known.accounts[account_id])])

        return self.edit(work).accounts[account_id]

    def put(self, organisations: Iterable[Organisation] = (), accounts: Iterable[Account] = ()) -> None:
        """Add organisations and accounts, or change those whose id is known already: all or nothing.

        Raises:
            StoreError: nothing was saved.
        """
        self.edit(lambda _known: Change(list(organisations), list(accounts)))

    def _seen(self) -> tuple[int, ...]:
        """What differs once the file was replaced: it is never changed in place."""
        with translated(f"look at {self._path.name}"):
            try:
                found = os.stat(self._path)  # noqa: PTH116 - asked at every request
            except FileNotFoundError:
                return ()
        return (found.st_ino, found.st_mtime_ns, found.st_size)


def _known(database: TinyDB) -> Known:
    organisations = _rows(database, _ORGANISATIONS, Organisation)
    accounts = _rows(database, _ACCOUNTS, Account)
    invitations = _rows(database, _INVITATIONS, Invitation)
    return Known(
        {one.id: one for one in sorted(organisations, key=lambda one: one.name)},
        {one.id: one for one in sorted(accounts, key=lambda one: one.name)},
        {one.id: one for one in sorted(invitations, key=lambda one: one.made)},
    )


def _rows(database: TinyDB, table: str, kind: type[_Row]) -> list[_Row]:
    return [_row(kind, row) for row in database.table(table).all()]


def _row(kind: type[_Row], row: Mapping[str, Any]) -> _Row:
    """What is told of in a row; what else stands there is left alone."""
    known = {field.name: row[field.name] for field in fields(kind) if field.name in row}
    try:
        for value in known.values():
            if isinstance(value, str):
                value.encode()
        if "recovery" in known:
            known["recovery"] = tuple(known["recovery"])
        if "former" in known:
            known["former"] = tuple((str(name), str(organisation)) for name, organisation in known["former"])
        return kind(**known)
    except (TypeError, UnicodeEncodeError) as error:
        raise StoreDamaged(f"accounts: {error}") from error
