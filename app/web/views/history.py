"""What a save did, in words that a person reads: names and titles instead of ids and keys."""

from app.content.items import Namer
from app.content.messages import FIELDS, SECTION
from app.content.shape import Shape
from app.storage.records import Step


def step_words(step: Step, shape: Shape, namer: Namer) -> str:
    """The subject of a commit with its item by name and its fields by title; another program's as it is."""
    message = step.message
    subject = message.subject
    keys = " ".join(message.trailers.get(FIELDS, ())).split()
    for section in shape:
        if section.shape is None:
            continue
        ids = message.trailers.get(section.inner.title, ()) if section.own_commit else ()
        if ids or [section.key] in [line.split()[:1] for line in message.trailers.get(SECTION, ())]:
            subject = _with_titles(subject, keys, section.inner)
        for identity in ids:
            name = namer.item(identity, 60)
            if name != identity:
                subject = subject.replace(identity, f"‘{name}’")
    return subject


def _with_titles(subject: str, keys: list[str], inner: Shape) -> str:
    start, colon, fields = subject.partition(": ")
    words = [part.partition(" ") for part in fields.split(", ")]
    if not colon or not keys or not {key for key, _blank, _rest in words} <= set(keys):
        return subject
    return f"{start}: {', '.join(inner[key].title.rstrip('?') + blank + rest for key, blank, rest in words)}"
