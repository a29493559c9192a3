"""What there is to mail to one account, as the queue keeps it."""

from collections.abc import Callable, Iterable
from hashlib import sha256

from app.content.grants import utc
from app.services import rights
from app.services.actors import actor_of
from app.services.desk import Desk
from app.services.gathering import Letter, gather
from app.storage.accounts import Account
from app.storage.mail_queue import KEEP, Message

News = Callable[[Desk, Account], Iterable[Message]]
"""Gives what is new to an account now; asked before something is put in the queue, and again before it is sent."""


def news(desk: Desk, account: Account) -> list[Message]:
    """What rings the bell of an account and is not too old to mail; nothing for who reads no cards.

    Raises:
        StoreError: the catalogue, or what is known of this person, cannot be read.
    """
    if not desk.may(actor_of(account, desk.accounts.known()), rights.LIST):
        return []
    found: list[Letter] = []
    since = utc(desk.clock() - KEEP)
    gather(desk, {account.id: since}, found.extend)
    return [Message(_hidden(one.key), one.account, one.kind, one.kaart_id, one.moment) for one in found]


def _hidden(key: str) -> str:
    """The same for the same, and nothing to read from it: what was sent is kept by its key alone."""
    return sha256(key.encode()).hexdigest()
