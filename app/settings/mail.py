"""The settings of e-mail: all of it or nothing, and nothing that would send a password or an address in the clear."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address

from app.settings.values import SettingsError, is_local, number, secret_of

STARTTLS, TLS, NONE = "starttls", "tls", "none"
_PORTS = {STARTTLS: 587, TLS: 465, NONE: 25}
_NOWHERE = "@localhost"


@dataclass(frozen=True)
class Mail:
    """How e-mail is sent.

    Attributes:
        host: the SMTP server (``KAARTEN_SMTP_HOST``).
        port: its port (``KAARTEN_SMTP_PORT``).
        security: `STARTTLS`, `TLS` from the start, or `NONE`, on this machine alone (``KAARTEN_SMTP_SECURITY``).
        sender: the address that mail comes from (``KAARTEN_MAIL_FROM``).
        user: the name to sign in with there (``KAARTEN_SMTP_USER``); empty for without.
        password: goes with it (``KAARTEN_SMTP_PASSWORD``, or the file of ``KAARTEN_SMTP_PASSWORD_FILE``).
        hour: when the daily mail goes, in Dutch time (``KAARTEN_MAIL_HOUR``).
    """

    host: str
    port: int
    security: str
    sender: str
    user: str = ""
    password: str = ""
    hour: int = 7


def read_mail(environ: Mapping[str, str], name: str, email: str, url: str) -> Mail | None:
    """How e-mail is sent; None where no server is set.

    Args:
        environ: the environment.
        name: what the installation is called: it stands in every mail.
        email: its address: mail comes from there unless another one is set.
        url: how people reach the pages: the link in every mail begins with it.

    Raises:
        SettingsError: one of them cannot be, or not beside the others.
    """
    host = environ.get("KAARTEN_SMTP_HOST", "")
    if not host:
        return None
    if not (host.isascii() and host.isprintable()) or set(host) & set(" /@"):
        raise SettingsError(f"KAARTEN_SMTP_HOST is geen naam van een server: {host[:60]}")
    if not url:
        raise SettingsError("Met KAARTEN_SMTP_HOST hoort KAARTEN_URL: zonder adres is er geen link voor in de e-mail.")
    if not name.isprintable():
        raise SettingsError("KAARTEN_NAME kan niet in een e-mail staan: gebruik één regel zonder verborgen tekens.")
    security = environ.get("KAARTEN_SMTP_SECURITY") or STARTTLS
    if security not in _PORTS:
        raise SettingsError(f"KAARTEN_SMTP_SECURITY is geen starttls, tls of none: {security[:20]}")
    if security == NONE and not is_local(host):
        raise SettingsError("KAARTEN_SMTP_SECURITY=none kan alleen met een server op deze computer: anderen lezen mee.")
    user, password = environ.get("KAARTEN_SMTP_USER", ""), secret_of(environ, "KAARTEN_SMTP_PASSWORD", 1)
    if bool(user) != bool(password):
        raise SettingsError("KAARTEN_SMTP_USER en KAARTEN_SMTP_PASSWORD_FILE horen bij elkaar.")
    if not (user + password).isascii():
        raise SettingsError("KAARTEN_SMTP_USER en KAARTEN_SMTP_PASSWORD_FILE kunnen geen letters met accenten hebben.")
    port = number(environ, "KAARTEN_SMTP_PORT", _PORTS[security], range(1, 65536))
    hour = number(environ, "KAARTEN_MAIL_HOUR", 7, range(24))
    return Mail(host, port, security, _sender(environ.get("KAARTEN_MAIL_FROM") or email), user, password, hour)


def _sender(said: str) -> str:
    """An address that mail can come from, and that what cannot be delivered goes back to."""
    if said.endswith(_NOWHERE):
        raise SettingsError("Met KAARTEN_SMTP_HOST hoort KAARTEN_MAIL_FROM: het adres waar de e-mail vandaan komt.")
    try:
        found = Address(addr_spec=said)
    except (ValueError, IndexError) as error:  # IndexError: what the library makes of an address that is half there
        raise SettingsError(f"KAARTEN_MAIL_FROM is geen e-mailadres: {said[:100]}") from error
    if not (said.isascii() and said.isprintable() and found.domain and found.username):
        raise SettingsError(f"KAARTEN_MAIL_FROM is geen e-mailadres: {said[:100]}")
    return said
