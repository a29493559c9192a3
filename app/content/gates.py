"""What a card still needs to pass a gate of its workflow, as the schema's `x-needed-for` says."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.content import Document, Path
from app.content.card_type import Edition
from app.content.items import index, where
from app.content.problems import Problem
from app.content.shape import Need, Shape


def missing(document: Document, edition: Edition, gate: str, today: date) -> list[Problem]:
    """What a valid card still needs to pass a gate of the workflow; empty when nothing.

    Args:
        document: a valid card.
        edition: its edition.
        gate: such as ``actief``.
        today: the day that a date "ahead" must come after.
    """
    known = {identity: item for identity, (_, item) in index(document, edition.shape).items()}
    look = _Look(edition.shape, known, gate, today)
    return list(look.within(document, edition.shape, ()))


@dataclass(frozen=True)
class _Look:
    top: Shape
    known: Mapping[str, dict[str, Any]]
    gate: str
    today: date

    def within(self, value: dict[str, Any], shape: Shape, path: Path) -> Iterator[Problem]:
        for field in shape:
            here, held = (*path, field.key), value.get(field.key)
            for need in field.needs:
                if self.gate in need.gates and self._applies(need, value):
                    if held is None:
                        yield Problem(here, f"Vul ‘{field.title}’ in.", where(self.top, here))
                    elif need.ahead and held <= self.today.isoformat():
                        yield Problem(here, f"Kies bij ‘{field.title}’ een dag na vandaag.", where(self.top, here))
            if held is not None and field.kind == "group":
                yield from self.within(held, field.inner, here)
            elif held is not None and field.kind == "items":
                for item in held:
                    yield from self.within(item, field.inner, (*here, item["id"]))

    def _applies(self, need: Need, value: dict[str, Any]) -> bool:
        if need.field is None:
            return True
        items = [value]
        for step in need.via:
            targets = [target for item in items for target in _listed(item.get(step))]
            items = [self.known[target] for target in targets if target in self.known]
        return any(item.get(need.field) in need.values for item in items)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
