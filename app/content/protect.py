"""What a person who edits a card may not change: fields of the services, and what may only be added to."""

from app.content import Document
from app.content.changes import by_id
from app.content.items import where
from app.content.problems import Problem
from app.content.shape import Shape


def filled_from(document: Document, base: Document, shape: Shape) -> Document:
    """The document with the read-only fields that it leaves out taken from the base; the argument stays as it was."""
    result = dict(document)
    for section in shape:
        held, before = document.get(section.key, {}), base.get(section.key, {})
        if section.kind == "group" and isinstance(held, dict):
            kept = {
                field.key: before[field.key]
                for field in section.inner
                if field.read_only and field.key in before and field.key not in held
            }
            if kept:
                result[section.key] = {**kept, **held}
    return result


def protected(base: Document, document: Document, shape: Shape) -> list[Problem]:
    """What a document changes of its base that no edit may change; empty when nothing.

    Args:
        base: the card this person started from.
        document: the card as this person wants it.
        shape: the fields of the card.
    """
    return [*_read_only(base, document, shape), *rewritten(base, document, shape)]


def _read_only(base: Document, document: Document, shape: Shape) -> list[Problem]:
    return [
        Problem(path, f"‘{field.title}’ kunt u hier niet veranderen.", where(shape, path))
        for section in shape
        if section.kind == "group"
        for field in section.inner
        if field.read_only and document.get(section.key, {}).get(field.key) != base.get(section.key, {}).get(field.key)
        for path in [(section.key, field.key)]
    ]


def rewritten(base: Document, document: Document, shape: Shape) -> list[Problem]:
    """What a document changes or removes of what may only be added to; empty when nothing."""
    problems = []
    for section in shape:
        if section.append_only:
            after = by_id(document.get(section.key))
            for identity, item in by_id(base.get(section.key)).items():
                if after.get(identity) != item:
                    path = (section.key, identity)
                    message = "Dit blijft staan zoals het is. Voeg er iets nieuws aan toe."
                    problems.append(Problem(path, message, where(shape, path)))
    return problems
