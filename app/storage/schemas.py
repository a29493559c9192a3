"""The schema files on disk."""

import json
from collections.abc import Mapping
from pathlib import Path

from app.content.card_type import CardType, Upgrade
from app.content.shape import SchemaError


def load_card_type(folder: Path, upgrades: Mapping[int, Upgrade] | None = None) -> CardType:
    """Read one content type from its folder, such as ``schemas/veiligheidskaart``.

    Args:
        folder: holds ``1.json``, later versions, regions' files and ``workflow.json``.
        upgrades: version to the function that turns its documents into the next version's.

    Raises:
        SchemaError: the folder is not there, a file is not JSON, or the engine cannot read what it says.
    """
    try:
        files = {path.name: json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))}
    except (OSError, ValueError) as error:
        raise SchemaError(f"{folder}: {error}") from error
    return CardType(folder.name, files, upgrades)


def load_log_years(path: Path) -> int:
    """How many years the access log is kept, as ``retention.json`` says.

    Raises:
        SchemaError: the file is not there, or does not say it.
    """
    try:
        years = json.loads(path.read_text("utf-8"))["access-log"]["years"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SchemaError(f"{path}: {error}") from error
    if not isinstance(years, int) or isinstance(years, bool) or years < 1:
        raise SchemaError(f"{path}: access-log/years is no number of years")
    return years
