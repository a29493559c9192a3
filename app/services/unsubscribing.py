"""Having no more mail, by the link that stands in each: for whoever holds it, without signing in."""

from dataclasses import replace

from itsdangerous import BadData, URLSafeSerializer

from app.services import throttling
from app.services.actors import Actor
from app.services.desk import Desk
from app.services.errors import NotFound
from app.services.managing import edit
from app.storage.accounts import NO_MAIL, Change, Known

ADDRESS = "/e-mail/afmelden/"
"""Where the link leads; the token comes behind it."""
EVENT = "mail-unsubscribe"
_PURPOSE = "no more mail"
_UNKNOWN = "Deze link werkt niet. Meld u aan en kies bij Uw account of u e-mail wilt."


def token(key: str, account_id: str) -> str:
    """What stands in the link of an account: which one it is, signed; it opens nothing else, and does not run out."""
    return str(URLSafeSerializer(key, salt=_PURPOSE).dumps(account_id))


def account_of(desk: Desk, key: str, said: str, address: str) -> str:
    """The account that a link is of.

    Args:
        desk: what with.
        key: what signs the links.
        said: the token.
        address: from where it is asked: who guesses must wait.

    Raises:
        NotFound: it is no link of ours, or its account is gone.
        TooManyTries: there were too many wrong ones from there.
    """
    try:
        found = URLSafeSerializer(key, salt=_PURPOSE).loads(said[:400])
    except BadData:
        found = None
    if not isinstance(found, str) or found not in desk.accounts.known().accounts:
        throttling.count(desk, f"link:{address}")
        raise NotFound(_UNKNOWN)
    return found


def stop_mail(desk: Desk, actor: Actor, account_id: str) -> None:
    """Send an account no more mail; where that is so already, nothing happens.

    Args:
        desk: what with.
        actor: who asks, as far as that is known: nobody, from an address.
        account_id: of `account_of`.

    Raises:
        StoreError: nothing was saved.
    """
    if desk.accounts.known().accounts[account_id].mail == NO_MAIL:
        return

    def work(known: Known) -> Change:
        return Change(accounts=[replace(known.accounts[account_id], mail=NO_MAIL)])

    edit(desk, actor, EVENT, "U", account_id, work)
