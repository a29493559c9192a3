"""Content types as data: their schema files, regions, workflow and upgrades, read into one object."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator
from referencing import Registry

from app.content import HEAD, Document
from app.content.display import Display
from app.content.handing import Handing
from app.content.inzage import Inzage
from app.content.letters import HANDOVER, RECEIPT, Letters
from app.content.messages import is_trailer_name
from app.content.overleg import Language
from app.content.problems import refuse
from app.content.retention import Retention
from app.content.review import Review
from app.content.roles import Roles
from app.content.schema_forms import inlined, outline
from app.content.shape import SchemaError, Shape, read_shape
from app.content.workflow import Workflow

_EDITION = re.compile(r"([a-z]+)/([1-9][0-9]{0,3})(?:\.([a-z]{2,12})(?:-[0-9]{1,3})?)?")
_FILE = re.compile(r"([1-9][0-9]{0,3}(?:\.[a-z]{2,12}(?:-[0-9]{1,3})?)?)\.json")

_MOST_EDITIONS = 200

Upgrade = Callable[[Document], Document]


@dataclass(frozen=True)
class Edition:
    """One version of a card type, with the fields of one region or of none.

    Attributes:
        name: such as ``veiligheidskaart/1``.
        region: such as ``veiligheidskaart/1.wbw``, or None.
        schema: the JSON Schema in force, the region's fields included.
    """

    name: str
    region: str | None
    schema: Mapping[str, Any]

    @cached_property
    def shape(self) -> Shape:
        """The schema read for people."""
        return read_shape(self.schema, self.schema)

    @cached_property
    def validator(self) -> Validator:
        """The schema read for the machine; checks formats and never fetches anything."""
        Draft202012Validator.check_schema(self.schema)
        return _validator(inlined(self.schema))

    def item_validator(self, section: str) -> Validator:
        """What the schema asks of one item of a section."""
        if section not in self._items:
            self._items[section] = _validator(inlined(self.schema)["properties"][section]["items"])
        return self._items[section]

    @cached_property
    def _items(self) -> dict[str, Validator]:
        return {}

    @cached_property
    def outline(self) -> Validator:
        """What the schema asks beside what it asks of each item; see `schema_forms.outline`."""
        return _validator(outline(self.schema))


def _validator(schema: Mapping[str, Any]) -> Validator:
    return Draft202012Validator(schema, registry=Registry(), format_checker=Draft202012Validator.FORMAT_CHECKER)


class CardType:
    """All that is known of one type of card."""

    def __init__(
        self, name: str, files: Mapping[str, Mapping[str, Any]], upgrades: Mapping[int, Upgrade] | None = None
    ) -> None:
        """Read the files of `schemas/<name>/`, by file name, already parsed.

        Args:
            name: such as ``veiligheidskaart``.
            files: file name to its JSON; ``<n>.json``, ``<n>.<region>.json``, ``workflow.json``, ``roles.json`` and,
                where they are there, ``display.json``, ``inzage.json``, ``overleg.json``, ``overleg-1.json``,
                ``overdracht.json``, ``retention.json`` and the schemas of the letters, ``overdracht-1.json`` and
                ``ontvangst-1.json``.
            upgrades: version to a pure function that turns its document into one of the next version.

        Raises:
            SchemaError: a version, the workflow or an upgrade is missing, or a region's file is at fault.
        """
        self.name = name
        self._schemas = {f"{name}/{m[1]}": schema for file, schema in files.items() if (m := _FILE.fullmatch(file))}
        self._editions: dict[tuple[str, str | None], Edition] = {}
        self._upgrades = upgrades or {}
        versions = sorted(int(key.partition("/")[2]) for key in self._schemas if "." not in key)
        if not versions or not {"workflow.json", "roles.json"} <= set(files):
            raise SchemaError(f"{name}: needs 1.json, workflow.json and roles.json")
        missing = [version for version in versions[:-1] if version not in self._upgrades]
        if missing:
            raise SchemaError(f"{name}: no upgrade from version {missing[0]}")
        self._newest = versions[-1]
        self.current = self.edition(f"{name}/{versions[-1]}")
        self.workflow = Workflow(files["workflow.json"])
        self.display = Display(files.get("display.json", {}), self.current.shape)
        self.roles = Roles(files["roles.json"], self.current.shape)
        self.review = Review(files.get("overleg.json", {}), self.current.shape)
        handing = files.get("overdracht.json")
        self.handing = Handing(handing, self.current.shape, self.workflow, self.roles) if handing else None
        self.inzage = Inzage(files.get("inzage.json", {}), self.current.shape, self.display.person)
        self.retention = Retention(files.get("retention.json", {}))
        self.language = Language(files.get("overleg-1.json", {}), self.can_hold)
        named = {kind: files.get(f"{kind}-1.json") for kind in (HANDOVER, RECEIPT)}
        self.letters = Letters({kind: schema for kind, schema in named.items() if schema is not None})
        for step in self.workflow.transitions.values():
            if unknown := set(step.roles) - set(self.roles.card):
                raise SchemaError(f"workflow.json: {step.name} names no role on a card: {', '.join(sorted(unknown))}")
        for key in self._schemas:
            base = key.partition(".")[0]
            _check_for_saving(self.edition(base, key if key != base else None).shape)

    def edition(self, name: str, region: str | None = None) -> Edition:
        """The edition that a card names.

        Raises:
            InvalidCard: this installation has no such version; an unknown region is no fault (its fields
                are kept as they are).
        """
        if name not in self._schemas or "." in name:
            raise refuse(f"Deze installatie kent het schema ‘{name[:60]}’ niet.", (HEAD, "schema"))
        if region is not None and (not _EDITION.fullmatch(region) or region.partition(".")[0] != name):
            raise refuse(f"Het regioschema ‘{region[:60]}’ past niet bij ‘{name}’.", (HEAD, "regioschema"))
        key = (name, region)
        if key not in self._editions:
            edition = Edition(name, region, _with_region(self._schemas[name], region, self._schemas.get(region or "")))
            if len(self._editions) >= _MOST_EDITIONS:
                return edition  # names of regions that are not installed must not fill the memory
            self._editions[key] = edition
        return self._editions[key]

    def edition_of(self, document: Document) -> Edition:
        """The edition that the document itself names; a document that names none is of the current one.

        Raises:
            InvalidCard: it names one that this installation does not have.
        """
        head = document.get(HEAD)
        name = head.get("schema", self.current.name) if isinstance(head, dict) else self.current.name
        region = head.get("regioschema") if isinstance(head, dict) else None
        if not isinstance(name, str) or not isinstance(region, str | None):
            raise refuse("De naam van het schema hoort tekst te zijn.", (HEAD, "schema"))
        return self.edition(name, region)

    def can_hold(self, section: str, item: Document | None) -> bool:
        """Whether a card of any version and region has such a section of items, and can hold this item in it.

        Args:
            section: its key.
            item: one of its items; None to ask of the section alone.
        """
        editions = [self.edition(key.partition(".")[0], key if "." in key else None) for key in self._schemas]
        known = [each for each in editions if section in each.shape.fields and each.shape[section].kind == "items"]
        return bool(known) and (item is None or any(each.item_validator(section).is_valid(item) for each in known))

    def upgrade(self, document: Document) -> Document:
        """The same card in the current version; the argument stays as it was.

        A region's fields go along unchanged where this installation has the region's file for the new
        version; else the card stays in its version, so that nothing it holds becomes unreadable.

        Raises:
            InvalidCard: the document names a version that this installation does not have.
        """
        edition = self.edition_of(document)
        version = int(edition.name.partition("/")[2])
        while version < self._newest:
            region = edition.region
            following = region and region.replace(f"/{version}.", f"/{version + 1}.")
            if following and following not in self._schemas:
                break
            document = self._upgrades[version](document)
            version += 1
            head = {**document[HEAD], "schema": f"{self.name}/{version}"}
            document = {**document, HEAD: {**head, "regioschema": following} if following else head}
            edition = self.edition(f"{self.name}/{version}", following)
        return document


def _check_for_saving(shape: Shape) -> None:
    """Refuse what a save could not keep its word on."""
    for section in shape:
        if section.own_commit and not is_trailer_name(section.inner.title):
            raise SchemaError(f"{section.key}: '{section.inner.title}' names commits; it must be one word, not in use")
        if section.kind == "items":
            for field in section.inner:
                if field.read_only and field.key != "id":
                    raise SchemaError(f"{section.key}/{field.key}: readOnly is kept in the head and for ids only")


def _with_region(base: Mapping[str, Any], region: str | None, extra: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """The base schema with a region's fields; a region not installed here may hold anything of its own."""
    if region is None:
        return base
    prefix = region.partition(".")[2].partition("-")[0] + "_"
    if extra is None:
        opened: dict[str, Any] = _open_for(base, prefix)
        return opened
    return {
        **_merge_region(base, extra, prefix),
        "$defs": {**base.get("$defs", {}), **extra.get("$defs", {})},
    }


def _merge_region(base: Mapping[str, Any], extra: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    properties = dict(base.get("properties", {}))
    for key, schema in extra.get("properties", {}).items():
        if key not in properties:
            if not key.startswith(prefix):
                raise SchemaError(f"a region's own field must start with '{prefix}': {key}")
            properties[key] = schema
        elif "items" in schema:
            properties[key] = {
                **properties[key],
                "items": _merge_region(properties[key]["items"], schema["items"], prefix),
            }
        elif "properties" in schema:
            properties[key] = _merge_region(properties[key], schema, prefix)
        else:
            raise SchemaError(f"a region adds fields; it does not change '{key}'")
    return {**base, "properties": properties}


def _open_for(schema: Any, prefix: str) -> Any:
    if isinstance(schema, list):
        return [_open_for(inner, prefix) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    opened = {key: _open_for(inner, prefix) for key, inner in schema.items()}
    if isinstance(opened.get("properties"), dict) and opened.get("additionalProperties") is False:
        opened["patternProperties"] = {f"^{prefix}": True}
    return opened
