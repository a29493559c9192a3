"""An e-mail as it goes: what kind of notices there are and where to read them. Nothing of a card and of nobody."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from app.content.notices import Rule
from app.services.smtp import PATIENT, Patience, Relay
from app.services.unsubscribing import ADDRESS, token
from app.storage.mail_queue import Mail

BELL = "/berichten"
"""Where one reads what a mail is about, after signing in. The link names no card: a number points at a family."""
_POLICY = SMTP.clone(cte_type="7bit")
_OTHER = "Bericht"


@dataclass(frozen=True)
class Post:
    """How this installation sends mail.

    Attributes:
        relay: the server that takes it.
        sender: the address that it comes from.
        name: what the installation is called.
        url: how people reach the pages, without a slash at the end.
        key: signs the links to have no more mail.
        hour: when the daily mail goes.
        patience: how long the server is waited for.
    """

    relay: Relay
    sender: str
    name: str
    url: str
    key: str
    hour: int = 7
    patience: Patience = PATIENT


def compose(post: Post, mail: Mail, to: str, rules: Mapping[str, Rule]) -> bytes:
    """A mail in the form in which it goes over the line; of one mail always the same.

    Args:
        post: how this installation sends.
        mail: what to tell.
        to: the address.
        rules: the kinds of notice, in their order.

    Raises:
        ValueError: no mail can go to this address.
    """
    if not (to.isascii() and to.isprintable()):
        raise ValueError("address")
    link = f"{post.url}{ADDRESS}{token(post.key, mail.account)}"
    made = EmailMessage(_POLICY)
    made["From"] = Address(post.name, addr_spec=post.sender)
    try:
        made["To"] = Address(addr_spec=to)
    except (ValueError, IndexError) as error:
        raise ValueError("address") from error
    count = len(mail.messages)
    made["Subject"] = f"{post.name}: " + ("1 bericht voor u" if count == 1 else f"{count} berichten voor u")
    made["Date"] = format_datetime(mail.made)
    made["Message-ID"] = f"<{mail.id}@{post.sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence need be told to us
    made["X-Auto-Response-Suppress"] = "All"  # the same for Exchange
    made["List-Unsubscribe"] = f"<{link}>"
    if link.startswith("https:"):  # RFC 8058 3.1: in one click, by https alone
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(_text(post, [one.kind for one in mail.messages], rules, link))
    return made.as_bytes()


def _text(post: Post, kinds: Iterable[str], rules: Mapping[str, Rule], link: str) -> str:
    counts = Counter(kinds)
    known = [f"- {rule.title}: {counts.pop(name)}" for name, rule in rules.items() if name in counts]
    rest = [f"- {_OTHER}: {counts.total()}"] if counts else []
    lines = [
        f"Er is nieuws voor u in {post.name}:",
        "",
        *known,
        *rest,
        "",
        "Meld u aan om het te lezen:",
        f"{post.url}{BELL}",
        "",
        "Uit zorg voor het gezin staat hier niet over wie het gaat. Antwoord niet op deze e-mail: niemand leest dat.",
        "",
        "Wilt u deze e-mail niet meer, of op een ander moment? Kies dat bij Uw account, of stop hier:",
        link,
    ]
    return "\n".join(lines) + "\n"
