"""The professionals that this installation knows, in TinyDB."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from app.storage.durable_json import open_table


@dataclass(frozen=True)
class Person:
    """A professional.

    Attributes:
        id: a short name of letters, such as ``fatima``.
        name: the whole name.
        email: the address that stands with each change.
        organisation: where he or she works.
        role: what he or she does there.
    """

    id: str
    name: str
    email: str
    organisation: str
    role: str = ""
