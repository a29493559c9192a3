"""What there is to mail to one account: what its bell has new."""

from collections.abc import Callable, Iterable
from datetime import UTC
from hashlib import sha256

from app.services import rights
from app.services.actors import actor_of
from app.services.bell import listener
from app.services.cataloguing import repaired
from app.services.desk import Desk
from app.storage.accounts import Account
from app.storage.catalogue import Told
from app.storage.mail_queue import KEEP, Message

News = Callable[[Desk, Account], Iterable[Message]]
"""Gives what is new to an account now; asked before something is put in the queue, and again before it is sent."""
_MOST = 500


def news(desk: Desk, account: Account) -> list[Message]:
    """What the bell of an account has new that is not too old to mail; nothing for who reads no cards.

    Raises:
        StoreError: the catalogue, or what is known of this person, cannot be read.
    """
    actor = actor_of(account, desk.accounts.known())
    if not desk.may(actor, rights.LIST):
        return []
    since = (desk.clock() - KEEP).astimezone(UTC).isoformat(timespec="seconds")
    who = listener(desk, actor, desk.following.of(actor.id))
    told, _total = repaired(desk, lambda: desk.catalogue.told(who, _MOST, 0, only_new=True))
    return [
        Message(_key(account.id, one), account.id, one.notice.kind, one.kaart_id, one.notice.moment)
        for one in told
        if one.notice.moment >= since
    ]


def _key(account_id: str, told: Told) -> str:
    """The same for the same, and nothing to read from it: what was sent is kept by its key alone.

    That changes wait for a judgement follows from nothing that was said: what they were changed at tells it apart.
    """
    notice = told.notice
    parts = (account_id, told.kaart_id, notice.kind, notice.id or notice.moment)
    return sha256("\n".join(parts).encode()).hexdigest()
