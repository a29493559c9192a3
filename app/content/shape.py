"""The schema read for people: which fields a card has, what they are called and what they hold."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from jsonschema import Draft202012Validator

from app.content.agreement import Agreement, Rules

Kind = Literal[
    "text", "multiline", "choice", "date", "integer", "boolean", "reference",
    "texts", "choices", "references", "items", "group", "foreign",
]  # fmt: skip

SINGULAR: dict[Kind, Kind] = {"texts": "text", "choices": "choice", "references": "reference"}
_PLURAL: dict[Kind, Kind] = {"text": "texts", "choice": "choices", "reference": "references"}


class SchemaError(ValueError):
    """A schema file that the engine cannot read; says which field and why (for who writes the schema)."""


@dataclass(frozen=True)
class Need:
    """What a field is needed for: to pass a gate of the workflow, perhaps only under a condition.

    Attributes:
        gates: names of gates, such as ``actief``.
        ahead: the date must lie ahead of today.
        via: reference fields to follow from the item, one after the other.
        field: the field to look at where that ends.
        values: the condition holds where that field has one of these.
    """

    gates: tuple[str, ...]
    ahead: bool = False
    via: tuple[str, ...] = ()
    field: str | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Field:
    """One property of a schema.

    Attributes:
        key: its name in JSON, in forms and in URLs.
        title: its Dutch name; unique among its neighbours.
        kind: what it holds; `foreign` is a field of a region whose schema is not installed here.
        labels: for choices, the words of each value.
        refers_to: for references, the sections whose items it may point at.
        shape: for `items` and `group`, the fields within.
        item_title: for `items`, the keys whose values name an item to a person.
        agreement: for a list of answers, what they are about.
    """

    key: str
    title: str
    kind: Kind
    description: str = ""
    required: bool = False
    read_only: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    refers_to: tuple[str, ...] = ()
    default: Any = None
    group: str = ""
    needs: tuple[Need, ...] = ()
    facet: bool = False
    minimum: int | None = None
    maximum: int | None = None
    shape: "Shape | None" = None
    prefix: str = ""
    item_title: tuple[str, ...] = ()
    own_commit: bool = False
    append_only: bool = False
    agreement: Agreement | None = None

    @property
    def inner(self) -> "Shape":
        """The fields within; only for `items` and `group`."""
        if self.shape is None:
            raise SchemaError(f"{self.key}: holds no fields")
        return self.shape


@dataclass(frozen=True)
class Shape:
    """The fields of an object, in the order of the schema."""

    title: str
    description: str
    fields: Mapping[str, Field]

    def __getitem__(self, key: str) -> Field:
        """The field of that key; a key the schema does not have is a field of a foreign region."""
        return self.fields.get(key) or Field(key, key, "foreign")

    def __iter__(self) -> Iterator[Field]:
        """The fields in order."""
        return iter(self.fields.values())

    @property
    def agreements(self) -> Rules:
        """For each section whose items hold answers about their words, those lists."""
        found = {
            section.key: {one.key: one.agreement for one in section.inner if one.agreement}
            for section in self
            if section.kind == "items"
        }
        return {key: lists for key, lists in found.items() if lists}

    def order(self, document: Mapping[str, Any]) -> list[str]:
        """The keys that the document has: those of the schema in its order, then foreign ones by name."""
        known = [key for key in self.fields if key in document]
        return known + sorted(key for key in document if key not in self.fields)


def read_shape(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Shape:
    """The shape of an object schema.

    Args:
        schema: an object schema within `root`.
        root: the whole schema file, for its `$defs`.

    Raises:
        SchemaError: the schema uses something outside the engine's profile (`schemas/README.md`).
    """
    required = schema.get("required", [])
    fields = {
        key: _read_field(key, _resolve(inner, root), key in required, root)
        for key, inner in schema.get("properties", {}).items()
    }
    for item in fields.values():
        if item.agreement and (missing := set(item.agreement.words) - set(fields)):
            raise SchemaError(f"{item.key}: x-agreement names fields that are not there: {sorted(missing)}")
    titles = [item.title.casefold() for item in fields.values()]
    for item in fields.values():
        if titles.count(item.title.casefold()) > 1:
            raise SchemaError(f"{item.key}: its title '{item.title}' stands twice")
    return Shape(schema.get("title", ""), schema.get("description", ""), fields)


def _resolve(schema: Mapping[str, Any], root: Mapping[str, Any]) -> dict[str, Any]:
    pointer = schema.get("$ref")
    if pointer is None:
        return dict(schema)
    if not pointer.startswith("#/$defs/") or pointer[8:] not in root.get("$defs", {}):
        raise SchemaError(f"$ref '{pointer}': only #/$defs/… of the same file")
    return {**_resolve(root["$defs"][pointer[8:]], root), **{k: v for k, v in schema.items() if k != "$ref"}}


def _read_field(key: str, schema: dict[str, Any], required: bool, root: Mapping[str, Any]) -> Field:
    title = schema.get("title", "")
    if not title or any(sign in title for sign in ":\n`*") or title != title.strip():
        raise SchemaError(f"{key}: needs a title of one line without : ` and *")
    inner = _resolve(schema.get("items", {}), root)
    kind = _kind(key, schema, inner)
    described = inner if kind in SINGULAR else schema
    shape = read_shape(inner if kind == "items" else schema, root) if kind in ("items", "group") else None
    return Field(
        key,
        title,
        kind,
        description=schema.get("description", ""),
        required=required,
        read_only=schema.get("readOnly", False),
        labels=_labels(key, described),
        refers_to=tuple(described.get("x-refers-to", ())),
        default=schema.get("default"),
        group=schema.get("x-group", ""),
        needs=tuple(_read_need(need) for need in schema.get("x-needed-for", ())),
        facet=schema.get("x-facet", False),
        minimum=schema.get("minimum"),
        maximum=schema.get("maximum"),
        shape=shape,
        prefix=schema.get("x-prefix", key[:1].lower()),
        item_title=tuple(schema.get("x-title", ())),
        own_commit=schema.get("x-own-commit", False),
        append_only=schema.get("x-append-only", False),
        agreement=_agreement(key, schema, shape),
    )


def _kind(key: str, schema: Mapping[str, Any], inner: Mapping[str, Any]) -> Kind:
    if schema.get("type") == "object" and "properties" in schema:
        return "group"
    if schema.get("type") == "array":
        if inner.get("type") == "object":
            if "id" not in inner.get("properties", {}):
                raise SchemaError(f"{key}: items of a list need an id")
            return "items"
        single = _kind(key, inner, {})
        if single in _PLURAL:
            return _PLURAL[single]
    if schema.get("type") == "integer":
        return "integer"
    if schema.get("type") == "boolean":
        return "boolean"
    if schema.get("type") == "string":
        _check_format(key, schema)
        return _string_kind(schema)
    raise SchemaError(f"{key}: type {schema.get('type')} is outside the profile of schemas/README.md")


def _check_format(key: str, schema: Mapping[str, Any]) -> None:
    """Refuse a format that would hold nobody to anything: a validator passes over what it does not know."""
    name = schema.get("format")
    if name is not None and name not in Draft202012Validator.FORMAT_CHECKER.checkers:
        raise SchemaError(f"{key}: the format '{name}' is not one that this program can check")


def _string_kind(schema: Mapping[str, Any]) -> Kind:
    if "x-refers-to" in schema:
        return "reference"
    if "enum" in schema:
        return "choice"
    if schema.get("format") == "date":
        return "date"
    return "multiline" if schema.get("x-multiline") else "text"


def _labels(key: str, schema: Mapping[str, Any]) -> Mapping[str, str]:
    values = schema.get("enum", [])
    labels: dict[str, str] = schema.get("x-labels", {})
    if list(labels) != list(values):
        raise SchemaError(f"{key}: x-labels and enum must hold the same values in the same order")
    words = [word.casefold() for word in labels.values()]
    if len(set(words)) != len(words):
        raise SchemaError(f"{key}: two values have the same label")
    for value, word in labels.items():
        if value.casefold() in words and value.casefold() != word.casefold():
            raise SchemaError(f"{key}: the value '{value}' is the label of another value")
    return labels


def _agreement(key: str, schema: Mapping[str, Any], shape: "Shape | None") -> Agreement | None:
    told = schema.get("x-agreement")
    if told is None:
        return None
    rule = Agreement(told["field"], tuple(told["given"]), told["again"], tuple(told["words"]))
    labels = shape.fields[rule.field].labels if shape and rule.field in shape.fields else {}
    if missing := {*rule.given, rule.again} - set(labels):
        raise SchemaError(f"{key}: x-agreement names values that '{rule.field}' does not have: {sorted(missing)}")
    return rule


def _read_need(need: Mapping[str, Any]) -> Need:
    when = need.get("when", {})
    return Need(
        gates=tuple(need["for"]),
        ahead=need.get("ahead", False),
        via=tuple(when.get("via", ())),
        field=when.get("field"),
        values=tuple(when.get("is", ())),
    )
