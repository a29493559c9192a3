"""Words that stand out at an item of a card: a choice that asks for attention, a shield, somebody to be asked again."""

from dataclasses import dataclass

from app.content.display import Display
from app.content.reader import Value


@dataclass(frozen=True)
class Mark:
    """A word that stands out at an item.

    Attributes:
        text: the word.
        tone: how much attention it asks for: one of `display.TONES`, `new`, or an empty text.
        of: what it is a word for; empty where it says so itself.
        said: whether that is shown, and not only read out.
    """

    text: str
    tone: str = ""
    of: str = ""
    said: bool = False


def mark_of(display: Display, section: str, value: Value) -> Mark | None:
    """A value that stands out: a choice some values of which ask for attention, or what must be seen anywhere."""
    key, kind = value.field.key, value.field.kind
    if kind == "choice" and display.has_tones(section, key):
        return Mark(value.text, display.tone(section, key, value.held), value.field.title.rstrip("?"))
    if key in display.beware and value.held:
        title = value.field.title
        return Mark(title, "alarm") if kind == "boolean" else Mark(value.text, "alarm", title, said=True)
    return None


def asked_again(value: Value) -> list[Mark]:
    """Who is to be asked again what he or she thinks of the words as they are now; for a list of answers alone."""
    rule, table = value.field.agreement, value.table
    if rule is None or table is None:
        return []
    names = [
        " ".join(cell.text for cell in row[: table.named] if cell)
        for row in table.rows
        if any(cell and cell.field.key == rule.field and cell.held == rule.again for cell in row)
    ]
    label = value.field.inner[rule.field].labels[rule.again]
    return [Mark(", ".join(names), "heed", label, said=True)] if names else []
