"""Who may do what: the roles of an organisation and of one card; read from roles.json."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.content.shape import SchemaError, Shape


@dataclass(frozen=True)
class Role:
    """A role, at an organisation or on one card.

    Attributes:
        name: its key in the file, such as ``dossierhouder``.
        title: its Dutch name.
        description: what it is for, in a sentence.
        may: the actions of `services.rights` that it allows.
        cards: of a role at an organisation: whether who has it can have a role on a card too.
        given: whether people give it: to an account, or to whom a card is shared with. Others come by themselves.
    """

    name: str
    title: str
    description: str
    may: frozenset[str]
    cards: bool
    given: bool


@dataclass(frozen=True)
class Emergency:
    """Emergency access: the role on the card that it gives, for how many hours, and by what a card is found.

    Attributes:
        role: a role on a card.
        hours: how long it lasts.
        section: the section whose items a card is found by.
        fields: the fields of such an item that must all be known, exactly.
    """

    role: str
    hours: int
    section: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Shield:
    """How a card says what is shielded.

    Attributes:
        field: the reference field of an item that says from whom it is shielded.
        reason: the field that says why.
        about: the reference fields that say what an item is about: shielded is also what is about shielded items alone.
    """

    field: str
    reason: str
    about: frozenset[str] = frozenset()


class Roles:
    """The roles of one card type.

    Attributes:
        organisation: roles of an account at its organisation, by name.
        card: roles on one card, by name.
        holder: the role on a card of who makes it.
        emergency: how emergency access works.
        shield: where a card says what is shielded from whom.
    """

    def __init__(self, data: Mapping[str, Any], shape: Shape) -> None:
        """Read the parsed file.

        Args:
            data: the file.
            shape: the fields of a card in the newest version.

        Raises:
            SchemaError: something is missing, or names a role or field that is not there.
        """
        try:
            self.organisation = {name: _role(name, one, "account") for name, one in data["organisation"].items()}
            self.card = {name: _role(name, one, "shared") for name, one in data["card"].items()}
            self.holder: str = data["holder"]
            told = data["emergency"]
            find = told["find"]
            self.emergency = Emergency(told["role"], int(told["hours"]), find["section"], tuple(find["fields"]))
            shield = data["shield"]
            self.shield = Shield(str(shield["field"]), str(shield["reason"]), frozenset(shield["about"]))
        except (KeyError, TypeError, AttributeError) as error:
            raise SchemaError(f"roles.json: {error} is missing or of the wrong kind") from error
        if unknown := {self.holder, self.emergency.role} - set(self.card):
            raise SchemaError(f"roles.json: no role on a card: {', '.join(sorted(unknown))}")
        section = shape.fields.get(self.emergency.section)
        if section is None or section.kind != "items" or set(self.emergency.fields) - set(section.inner.fields):
            raise SchemaError("roles.json: emergency/find names no section with these fields")
        _check_shield(self.shield, shape)


def _check_shield(shield: Shield, shape: Shape) -> None:
    """Some items must be able to say it; items that say from whom must say why."""
    held_by = [section.inner.fields for section in shape if section.kind == "items"]
    able = [fields for fields in held_by if shield.field in fields]
    if not able or any(one[shield.field].kind != "references" or shield.reason not in one for one in able):
        raise SchemaError("roles.json: shield/field and shield/reason are no fields of items")
    held = {field.key for section in shape if section.shape for field in section.shape if field.refers_to}
    if unknown := shield.about - held:
        raise SchemaError(f"roles.json: no references to items: {', '.join(sorted(unknown))}")


def _role(name: str, data: Mapping[str, Any], given: str) -> Role:
    return Role(
        name,
        str(data["title"]),
        str(data["description"]),
        frozenset(data["may"]),
        bool(data.get("cards", False)),
        bool(data.get(given, True)),
    )
