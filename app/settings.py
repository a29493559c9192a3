"""What an installation can set, all of it from the environment. `docs/configuration.md` says what each is for."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
MOST_STYLE = 1024 * 1024
"""The most bytes that a style may have."""


class SettingsError(ValueError):
    """A setting that cannot be; says which."""


@dataclass(frozen=True)
class Settings:
    """The settings of this installation.

    Attributes:
        data: the folder that holds `cards_repo/` and `var/` (``KAARTEN_DATA``).
        schemas: the folder of the content types (``KAARTEN_SCHEMAS``).
        name: what this installation is called, the committer of every save (``KAARTEN_NAME``).
        email: its address (``KAARTEN_EMAIL``).
        port: where the server listens, on the loopback address (``KAARTEN_PORT``).
        anchor: the file that says how far the access log was confirmed (``KAARTEN_ANCHOR``); None for beside the log.
        log_key: the file of the key of the access log (``KAARTEN_LOG_KEY_FILE``); None for beside the log.
        style: what the file of CSS holds that ``KAARTEN_STYLE`` names; None where it names none.
    """

    data: Path = PROJECT
    schemas: Path = PROJECT / "schemas"
    name: str = "Veiligheidskaart"
    email: str = "kaarten@localhost"
    port: int = 8000
    anchor: Path | None = None
    log_key: Path | None = None
    style: bytes | None = None

    @property
    def cards(self) -> Path:
        """The repositories of the cards."""
        return self.data / "cards_repo"

    @property
    def var(self) -> Path:
        """What is derived from the cards, or belongs to this installation alone."""
        return self.data / "var"


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings that the environment holds, with defaults for those it does not.

    Raises:
        SettingsError: one of them cannot be.
    """
    known = Settings()
    port = environ.get("KAARTEN_PORT", str(known.port))
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise SettingsError(f"KAARTEN_PORT is geen poort: {port[:20]}")
    return Settings(
        data=_folder(environ, "KAARTEN_DATA", known.data),
        schemas=_folder(environ, "KAARTEN_SCHEMAS", known.schemas),
        name=environ.get("KAARTEN_NAME") or known.name,
        email=environ.get("KAARTEN_EMAIL") or known.email,
        port=int(port),
        anchor=_file(environ, "KAARTEN_ANCHOR"),
        log_key=_file(environ, "KAARTEN_LOG_KEY_FILE"),
        style=_style(environ.get("KAARTEN_STYLE", "")),
    )


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
