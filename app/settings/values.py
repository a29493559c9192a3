"""How single settings are read: each gives its value, or says in one sentence what is wrong with it."""

import stat
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

PROJECT = Path(__file__).resolve().parent.parent.parent
MOST_STYLE = 1024 * 1024
"""The most bytes that a style may have."""
SHORTEST_SECRET = 32
"""The fewest signs of a secret of our own: 16 bytes, written in hexadecimal."""
_LOCAL_NAME = "localhost"


class SettingsError(ValueError):
    """A setting that cannot be; says which."""


def is_local(host: str) -> bool:
    """Whether an address or a name is of this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == _LOCAL_NAME


def secret_of(environ: Mapping[str, str], name: str, least: int = SHORTEST_SECRET) -> str:
    """A secret, from the environment or from the file that the setting with ``_FILE`` behind its name tells of.

    Args:
        environ: the environment.
        name: the setting, such as ``KAARTEN_SECRET``.
        least: the fewest signs that it may have; of one that others chose that can be fewer than of our own.

    Returns:
        the secret; empty where nothing is set.

    Raises:
        SettingsError: both are set, the file cannot be read or can be by everybody, or the secret is too short.
    """
    named, said = f"{name}_FILE", environ.get(name, "")
    named_file = environ.get(named, "")
    if said and named_file:
        raise SettingsError(f"{name} en {named} staan er allebei. Kies er een.")
    if not named_file:
        return _long_enough(name, said, least) if said else ""
    try:
        path = Path(named_file).expanduser()
        if path.stat().st_mode & stat.S_IROTH:
            raise SettingsError(f"{named}: iedereen op deze computer kan dit bestand lezen. Doe eerst: chmod o-r")
        return _long_enough(named, path.read_text("utf-8").strip(), least)
    except (OSError, RuntimeError, ValueError) as error:
        if isinstance(error, SettingsError):
            raise
        raise SettingsError(f"{named} is geen leesbaar bestand: {error}") from error


def _long_enough(name: str, secret: str, least: int) -> str:
    if len(secret) < least:
        raise SettingsError(f"{name} is te kort: minder dan {least} tekens")
    return secret


def number(environ: Mapping[str, str], name: str, known: int, allowed: range) -> int:
    """A whole number of a range; `known` where nothing is set."""
    said = environ.get(name) or str(known)
    if not (said.isascii() and said.isdecimal() and len(said) < 10) or int(said) not in allowed:
        raise SettingsError(f"{name} is geen getal van {allowed[0]} tot en met {allowed[-1]}: {said[:20]}")
    return int(said)


def host_of(said: str) -> str:
    """An address and no name: a name can mean several addresses, and others tomorrow."""
    try:
        return str(ip_address(said))
    except ValueError as error:
        raise SettingsError(f"KAARTEN_HOST is geen IP-adres: {said[:60]}") from error


def url_of(said: str) -> str:
    """The address that people use, in one way of writing; empty for none."""
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


def folder(environ: Mapping[str, str], name: str, known: Path) -> Path:
    """A folder, whole; `known` where nothing is set."""
    try:
        return Path(environ.get(name) or known).expanduser().resolve()
    except (RuntimeError, OSError, ValueError) as error:
        raise SettingsError(f"{name} is geen map: {error}") from error


def file(environ: Mapping[str, str], name: str) -> Path | None:
    """A file; None where nothing is set."""
    return folder(environ, name, PROJECT) if environ.get(name) else None


def style_of(name: str) -> bytes | None:
    """Read here and not when a browser asks for it: a mistake shows at the start, not on somebody's screen."""
    if not name:
        return None
    try:
        with Path(name).expanduser().open("rb") as opened:
            style = opened.read(MOST_STYLE + 1)
        style.decode("utf-8")
    except (OSError, RuntimeError, ValueError) as error:
        raise SettingsError(f"KAARTEN_STYLE is geen leesbaar CSS-bestand: {error}") from error
    if len(style) > MOST_STYLE:
        raise SettingsError(f"KAARTEN_STYLE is te groot: meer dan {MOST_STYLE} bytes")
    return style
