"""What an installation can set, all of it from the environment. `docs/configuration.md` says what each is for."""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

PROJECT = Path(__file__).resolve().parent.parent
MOST_STYLE = 1024 * 1024
"""The most bytes that a style may have."""
MOST_PROXIES = 5
SHORTEST_SECRET = 32
"""The fewest signs of a secret: 16 bytes, written in hexadecimal."""
_LOCAL_NAME = "localhost"


class SettingsError(ValueError):
    """A setting that cannot be; says which."""


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
    host, url = _host(environ.get("KAARTEN_HOST") or known.host), _url(environ.get("KAARTEN_URL", ""))
    if not is_local(host) and not url.startswith("https:"):
        raise SettingsError(
            "KAARTEN_HOST is een adres dat anderen kunnen bereiken. Dat kan alleen met KAARTEN_URL=https://…"
        )
    return Settings(
        data=_folder(environ, "KAARTEN_DATA", known.data),
        schemas=_folder(environ, "KAARTEN_SCHEMAS", known.schemas),
        name=environ.get("KAARTEN_NAME") or known.name,
        email=environ.get("KAARTEN_EMAIL") or known.email,
        port=_number(environ, "KAARTEN_PORT", known.port, range(1, 65536)),
        host=host,
        url=url,
        proxies=_number(environ, "KAARTEN_PROXIES", known.proxies, range(MOST_PROXIES + 1)),
        secret=secret_of(environ, "KAARTEN_SECRET"),
        anchor=_file(environ, "KAARTEN_ANCHOR"),
        log_key=_file(environ, "KAARTEN_LOG_KEY_FILE"),
        idle=timedelta(minutes=_number(environ, "KAARTEN_IDLE_MINUTES", 30, range(5, 121))),
        longest=timedelta(hours=_number(environ, "KAARTEN_SESSION_HOURS", 12, range(1, 25))),
        sign_on=_sign_on(environ),
        style=_style(environ.get("KAARTEN_STYLE", "")),
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


def is_local(host: str) -> bool:
    """Whether an address or a name is of this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == _LOCAL_NAME


def secret_of(environ: Mapping[str, str], name: str) -> str:
    """A secret, from the environment or from the file that the setting with ``_FILE`` behind its name tells of.

    Args:
        environ: the environment.
        name: the setting, such as ``KAARTEN_SECRET``.

    Returns:
        the secret; empty where nothing is set.

    Raises:
        SettingsError: both are set, the file cannot be read or can be by everybody, or the secret is too short.
    """
    named, said = f"{name}_FILE", environ.get(name, "")
    file = environ.get(named, "")
    if said and file:
        raise SettingsError(f"{name} en {named} staan er allebei. Kies er een.")
    if not file:
        return _long_enough(name, said) if said else ""
    try:
        path = Path(file).expanduser()
        if path.stat().st_mode & stat.S_IROTH:
            raise SettingsError(f"{named}: iedereen op deze computer kan dit bestand lezen. Doe eerst: chmod o-r")
        return _long_enough(named, path.read_text("utf-8").strip())
    except (OSError, RuntimeError, ValueError) as error:
        if isinstance(error, SettingsError):
            raise
        raise SettingsError(f"{named} is geen leesbaar bestand: {error}") from error


def _long_enough(name: str, secret: str) -> str:
    if len(secret) < SHORTEST_SECRET:
        raise SettingsError(f"{name} is te kort: minder dan {SHORTEST_SECRET} tekens")
    return secret


def _number(environ: Mapping[str, str], name: str, known: int, allowed: range) -> int:
    said = environ.get(name) or str(known)
    if not (said.isascii() and said.isdecimal() and len(said) < 10) or int(said) not in allowed:
        raise SettingsError(f"{name} is geen getal van {allowed[0]} tot en met {allowed[-1]}: {said[:20]}")
    return int(said)


def _host(said: str) -> str:
    """An address and no name: a name can mean several addresses, and others tomorrow."""
    try:
        return str(ip_address(said))
    except ValueError as error:
        raise SettingsError(f"KAARTEN_HOST is geen IP-adres: {said[:60]}") from error


def _url(said: str) -> str:
    if not said:
        return ""
    try:
        parts = urlsplit(said)
        name, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise SettingsError(f"KAARTEN_URL is geen adres: {said[:100]}") from error
    rest = (parts.path.strip("/"), parts.query, parts.fragment, parts.username, parts.password)
    if parts.scheme not in ("http", "https") or not name or any(rest) or not said.isascii() or not said.isprintable():
        raise SettingsError(f"KAARTEN_URL is geen adres zoals https://kaarten.voorbeeld.nl: {said[:100]}")
    if parts.scheme == "http" and not is_local(name):
        raise SettingsError("KAARTEN_URL moet met https:// beginnen: zonder TLS kan iedereen onderweg meelezen.")
    return f"{parts.scheme}://{f'[{name}]' if ':' in name else name}{f':{port}' if port else ''}"


def _folder(environ: Mapping[str, str], name: str, known: Path) -> Path:
    try:
        return Path(environ.get(name) or known).expanduser().resolve()
    except (RuntimeError, OSError, ValueError) as error:
        raise SettingsError(f"{name} is geen map: {error}") from error


def _file(environ: Mapping[str, str], name: str) -> Path | None:
    return _folder(environ, name, PROJECT) if environ.get(name) else None


def _style(name: str) -> bytes | None:
    """Read here and not when a browser asks for it: a mistake shows at the start, not on somebody's screen."""
    if not name:
        return None
    try:
        with Path(name).expanduser().open("rb") as file:
            style = file.read(MOST_STYLE + 1)
        style.decode("utf-8")
    except (OSError, RuntimeError, ValueError) as error:
        raise SettingsError(f"KAARTEN_STYLE is geen leesbaar CSS-bestand: {error}") from error
    if len(style) > MOST_STYLE:
        raise SettingsError(f"KAARTEN_STYLE is te groot: meer dan {MOST_STYLE} bytes")
    return style
