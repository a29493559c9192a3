"""What an installation can set, all of it from the environment. `docs/configuration.md` says what each is for."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from app.settings.mail import Mail, read_mail
from app.settings.values import (
    MOST_STYLE,
    PROJECT,
    SettingsError,
    file,
    folder,
    host_of,
    is_local,
    number,
    secret_of,
    style_of,
    url_of,
)

__all__ = ["MOST_STYLE", "Mail", "Settings", "SettingsError", "SignOn", "read_settings"]

MOST_PROXIES = 5


@dataclass(frozen=True)
class SignOn:
    """Where people can sign in besides: a provider of OpenID Connect.

    Attributes:
        issuer: its address, exactly as it calls itself (``KAARTEN_OIDC_ISSUER``).
        client: what this installation is called there (``KAARTEN_OIDC_CLIENT``).
        secret: proves that we are this client (``KAARTEN_OIDC_SECRET``, or the file of ``KAARTEN_OIDC_SECRET_FILE``).
        name: what people call it (``KAARTEN_OIDC_NAME``).
        strength: an `acr` or `amr` that a sign-in there must have (``KAARTEN_OIDC_STRENGTH``); empty for any.
    """

    issuer: str
    client: str
    secret: str
    name: str
    strength: str = ""


@dataclass(frozen=True)
class Settings:
    """The settings of this installation.

    Attributes:
        data: the folder that holds `cards_repo/` and `var/` (``KAARTEN_DATA``).
        schemas: the folder of the content types (``KAARTEN_SCHEMAS``).
        name: what this installation is called, the committer of every save (``KAARTEN_NAME``).
        email: its address (``KAARTEN_EMAIL``).
        port: the port where the server listens (``KAARTEN_PORT``).
        host: the address where it listens (``KAARTEN_HOST``).
        url: how people reach it, without a slash at the end; empty for on this machine alone (``KAARTEN_URL``).
        proxies: how many proxies before it may say who asks (``KAARTEN_PROXIES``).
        secret: what signs the cookies (``KAARTEN_SECRET``, or the file that ``KAARTEN_SECRET_FILE`` names); empty for
            a key that the program makes itself.
        anchor: the file that says how far the access log was confirmed (``KAARTEN_ANCHOR``); None for beside the log.
        log_key: the file of the key of the access log (``KAARTEN_LOG_KEY_FILE``); None for beside the log.
        idle: how long a session lasts without a request (``KAARTEN_IDLE_MINUTES``).
        longest: how long it lasts at most (``KAARTEN_SESSION_HOURS``).
        sign_on: where people can sign in besides; None for nowhere.
        style: what the file of CSS holds that ``KAARTEN_STYLE`` names; None where it names none.
        mail: how e-mail is sent; None for not at all.
    """

    data: Path = PROJECT
    schemas: Path = PROJECT / "schemas"
    name: str = "Veiligheidskaart"
    email: str = "kaarten@localhost"
    port: int = 8000
    host: str = "127.0.0.1"
    url: str = ""
    proxies: int = 0
    secret: str = ""
    anchor: Path | None = None
    log_key: Path | None = None
    idle: timedelta = timedelta(minutes=30)
    longest: timedelta = timedelta(hours=12)
    sign_on: SignOn | None = None
    style: bytes | None = None
    mail: Mail | None = None

    @property
    def cards(self) -> Path:
        """The repositories of the cards."""
        return self.data / "cards_repo"

    @property
    def var(self) -> Path:
        """What is derived from the cards, or belongs to this installation alone."""
        return self.data / "var"

    @property
    def secure(self) -> bool:
        """Whether people reach it over TLS."""
        return self.url.startswith("https:")

    @property
    def local(self) -> bool:
        """Whether it can be reached from this machine alone."""
        return is_local(self.host) and (not self.url or is_local(urlsplit(self.url).hostname or ""))


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings that the environment holds, with defaults for those it does not.

    Raises:
        SettingsError: one of them cannot be.
    """
    known = Settings()
    host, url = host_of(environ.get("KAARTEN_HOST") or known.host), url_of(environ.get("KAARTEN_URL", ""))
    if not is_local(host) and not url.startswith("https:"):
        raise SettingsError(
            "KAARTEN_HOST is een adres dat anderen kunnen bereiken. Dat kan alleen met KAARTEN_URL=https://…"
        )
    name, email = environ.get("KAARTEN_NAME") or known.name, environ.get("KAARTEN_EMAIL") or known.email
    return Settings(
        data=folder(environ, "KAARTEN_DATA", known.data),
        schemas=folder(environ, "KAARTEN_SCHEMAS", known.schemas),
        name=name,
        email=email,
        port=number(environ, "KAARTEN_PORT", known.port, range(1, 65536)),
        host=host,
        url=url,
        proxies=number(environ, "KAARTEN_PROXIES", known.proxies, range(MOST_PROXIES + 1)),
        secret=secret_of(environ, "KAARTEN_SECRET"),
        anchor=file(environ, "KAARTEN_ANCHOR"),
        log_key=file(environ, "KAARTEN_LOG_KEY_FILE"),
        idle=timedelta(minutes=number(environ, "KAARTEN_IDLE_MINUTES", 30, range(5, 121))),
        longest=timedelta(hours=number(environ, "KAARTEN_SESSION_HOURS", 12, range(1, 25))),
        sign_on=_sign_on(environ),
        style=style_of(environ.get("KAARTEN_STYLE", "")),
        mail=read_mail(environ, name, email, url),
    )


def _sign_on(environ: Mapping[str, str]) -> SignOn | None:
    """All of it, or nothing: a provider that is told of by half would be found out by who wants to sign in."""
    issuer, client = (environ.get(name, "") for name in ("KAARTEN_OIDC_ISSUER", "KAARTEN_OIDC_CLIENT"))
    secret = secret_of(environ, "KAARTEN_OIDC_SECRET")
    if not (issuer or client or secret):
        return None
    if not (issuer and client and secret):
        raise SettingsError("KAARTEN_OIDC_ISSUER, KAARTEN_OIDC_CLIENT en KAARTEN_OIDC_SECRET_FILE horen bij elkaar.")
    parts = urlsplit(issuer)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_local(parts.hostname or "")):
        raise SettingsError(f"KAARTEN_OIDC_ISSUER is geen adres met https: {issuer[:100]}")
    name = environ.get("KAARTEN_OIDC_NAME") or parts.hostname or ""
    return SignOn(issuer, client, secret, name, environ.get("KAARTEN_OIDC_STRENGTH", ""))
