"""What people do with their own account, and what signing in takes from it."""

from collections.abc import Callable
from dataclasses import replace

from app.services import passwords, rights, second_factor
from app.services.actors import Actor
from app.services.desk import Desk
from app.services.errors import InvalidInput, NotAllowed, NotFound
from app.services.inviting import WRONG_CODE, Accepted
from app.services.managing import edit
from app.storage.accounts import AT_ONCE, DAILY, NO_MAIL, Account, Change, Known
from app.storage.errors import AccountNotFound

MAIL = (DAILY, AT_ONCE, NO_MAIL)
"""When one can be told by e-mail, the usual first."""
_WRONG_PASSWORD = "Dit is niet uw wachtwoord."  # noqa: S105 - a sentence


class _Refused(Exception):
    """Leaves a transaction without saving."""


def own(desk: Desk, actor: Actor) -> Account:
    """The account of who asks.

    Raises:
        NotAllowed: this person may not act.
        NotFound: it is not one of the accounts.
    """
    desk.require(actor, rights.OWN)
    account = desk.accounts.known().accounts.get(actor.id)
    if account is None:
        raise NotFound("Dit account is er niet.")
    return account


def change_password(desk: Desk, actor: Actor, old: str, new: str) -> Account:
    """Have another password; all sessions end, the caller gives this person a new one.

    Raises:
        InvalidInput: `old` is not the password, or `new` is not good.
        NotAllowed: this account has no password.
        StoreError: nothing was saved.
    """
    account = _proven(desk, actor, old, "old")
    if sentence := passwords.judge(new, account):
        raise InvalidInput({"new": sentence})
    kept = passwords.hashed(new)
    return _edit(desk, actor, "password-change", lambda was: replace(was, password=kept, stamp=was.stamp + 1), account)


def renew_second_factor(desk: Desk, actor: Actor, password: str, secret: str, code: str) -> Accepted:
    """Use another app for the codes; all sessions end, and the recovery codes are new.

    Args:
        desk: what with.
        actor: who.
        password: his or her password now.
        secret: of `second_factor.new_secret`, that this person put into an app.
        code: what the app shows.

    Raises:
        InvalidInput: `password` or `code` is wrong.
        NotAllowed: this account has no password.
        StoreError: nothing was saved.
    """
    account = _proven(desk, actor, password, "password")
    step = second_factor.step_of(secret, code, desk.clock())
    if step is None:
        raise InvalidInput({"code": WRONG_CODE})
    recovery = second_factor.new_recovery_codes()
    kept = tuple(second_factor.hashed_code(one) for one in recovery)
    saved = _edit(
        desk,
        actor,
        "second-factor-change",
        lambda was: replace(was, totp=secret, recovery=kept, stamp=was.stamp + 1),
        account,
    )
    return Accepted(saved, recovery, step)


def renew_recovery_codes(desk: Desk, actor: Actor, password: str) -> list[str]:
    """Ten new recovery codes, to show once; those from before work no more.

    Raises:
        InvalidInput: `password` is wrong.
        NotAllowed: this account has no password.
        StoreError: nothing was saved.
    """
    account = _proven(desk, actor, password, "password")
    recovery = second_factor.new_recovery_codes()
    kept = tuple(second_factor.hashed_code(one) for one in recovery)
    _edit(desk, actor, "recovery-codes-renew", lambda was: replace(was, recovery=kept), account)
    return recovery


def choose_mail(desk: Desk, actor: Actor, when: str) -> Account:
    """Be told by e-mail at once, once a day or not at all.

    Raises:
        InvalidInput: `when` is none of `MAIL`.
        StoreError: nothing was saved.
    """
    account = own(desk, actor)
    if when not in MAIL:
        raise InvalidInput({"mail": "Kies wanneer u e-mail wilt."})
    return _edit(desk, actor, "mail-change", lambda was: replace(was, mail=when), account)


def take_recovery_code(desk: Desk, account_id: str, code: str) -> bool:
    """Use a recovery code: True for one that was not used before, which then is, whoever else tries meanwhile.

    Raises:
        StoreError: it cannot be taken.
    """

    def work(was: Account) -> Account:
        found = second_factor.matching_code(was.recovery, code)
        if found is None:
            raise _Refused
        return replace(was, recovery=tuple(one for one in was.recovery if one != found))

    try:
        desk.accounts.change(account_id, work)
    except (_Refused, AccountNotFound):
        return False
    return True


def signed_in(desk: Desk, account_id: str, password: str = "") -> None:
    """Remember that somebody signed in today, and keep the password at today's strength. Writes once a day.

    Args:
        desk: what with.
        account_id: who.
        password: the password that was just found to be right; empty where none was asked.

    Raises:
        StoreError: it could not be written.
    """
    today = desk.clock().date().isoformat()
    account = desk.accounts.known().accounts[account_id]
    weak = bool(password and account.password and passwords.needs_rehash(account.password))
    if account.used == today and not weak:
        return
    kept = passwords.hashed(password) if weak else ""

    def work(was: Account) -> Account:
        same = was.password == account.password
        return replace(was, used=today, password=kept if weak and same else was.password)

    desk.accounts.change(account_id, work)


def _proven(desk: Desk, actor: Actor, password: str, field: str) -> Account:
    account = own(desk, actor)
    if not account.password:
        raise NotAllowed("Dit account heeft hier geen wachtwoord.")
    if not passwords.matches(account.password, password):
        raise InvalidInput({field: _WRONG_PASSWORD})
    return account


def _edit(desk: Desk, actor: Actor, event: str, new: Callable[[Account], Account], seen: Account) -> Account:
    """Save, unless password, role or state changed since they were looked at."""

    def work(known: Known) -> Change:
        was = known.accounts[actor.id]
        if was.stamp != seen.stamp or not was.active:
            raise NotAllowed("Uw account is intussen gewijzigd. Meld u opnieuw aan.")
        return Change(accounts=[new(was)])

    return edit(desk, actor, event, "U", actor.id, work).accounts[actor.id]
