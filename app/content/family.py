"""The version of a card for one person of the family: what concerns that person, and nothing that is not for them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.content import Document
from app.content.card_type import CardType
from app.content.concerns import concerning
from app.content.inzage import Record, Rule
from app.content.items import index, pointers
from app.content.paper import Block, Paper, Writer, fields, heading, note, points, table, text
from app.content.shielding import concealed, hidden


@dataclass(frozen=True)
class Version:
    """What of a card is for one person.

    Attributes:
        document: the card without all that is not for this person.
        only: the ids of the items that concern this person.
        others: how many items are left out because they are about somebody else.
        nobody: how many are left out because they name nobody.
        kept: how many of those that concern this person are kept from somebody else, and so left out or not.
    """

    document: Document
    only: frozenset[str]
    others: int
    nobody: int
    kept: int


def version_for(
    types: CardType, document: Document, person: str, receiver: str = "", *, with_kept: bool = False
) -> Version:
    """What of a card is for one person.

    What is shielded from this person or from who receives it is not in it, nor counted: a number would tell that it is
    there. What is shielded from somebody else is left out too, unless it is asked for: paper is read by others.

    Args:
        types: the type of the card.
        document: what the professional may see of the card.
        person: the id of a member of the family.
        receiver: the id of another member who gets the paper; empty for the person.
        with_kept: whether it holds what is shielded from somebody else.
    """
    shape, shield, display = types.edition_of(document).shape, types.roles.shield, types.display
    gone = hidden(document, shape, shield, {one for one in (person, receiver) if one})
    theirs = concealed(document, shape, gone)
    only = concerning(theirs, shape, person, display.under)
    items = index(theirs, shape)
    kept = {one for one in only if items[one][1].get(shield.field)}
    if not with_kept:
        theirs = concealed(theirs, shape, hidden(theirs, shape, shield, (), kept))
        only = set(index(theirs, shape)) & only
    # Those who are named stay, by name alone: who does an afspraak must be known.
    named = set(shape[display.person].inner[shield.field].refers_to)
    rest = {one: section for one, (section, _) in index(theirs, shape).items() if one not in only}
    told = {one for one, section in rest.items() if section not in named}
    members = {one["id"] for one in theirs.get(display.person, ())}
    about = {one.path[1] for one in pointers(theirs, shape) if one.target in members and set(one.path[1:2]) & told}
    return Version(concealed(theirs, shape, told), frozenset(only), len(about), len(told - about), len(kept))


def family_paper(
    types: CardType,
    version: Version,
    words: Mapping[str, str],
    name: str,
    facts: Sequence[tuple[str, str]],
    footer: Sequence[str],
    holder: str = "",
    looked: Sequence[tuple[str, ...]] = (),
) -> Paper:
    """A version on paper.

    Args:
        types: the type of the card.
        version: what is on it.
        words: the words of the paper, as `Inzage.words` gives them.
        name: what the person is called.
        facts: what is to be known of the paper, with their labels.
        footer: what stands on each page.
        holder: who is asked, in words; empty for who gave the paper.
        looked: who looked at the card, as rows of a table with their titles first; none to leave it out.
    """
    writer = Writer(types, version.document, version.only, numbers=False)
    said = {key: held.replace("{name}", name).replace("{holder}", holder) for key, held in words.items()}
    blocks: list[Block] = [
        fields(*facts),
        text(said["what"]),
        note(said["care_title"], said["care"]),
        heading(2, said["rights_title"]),
        points(said["right_1"], said["right_2"], said["right_3"], said["ask" if holder else "ask_nobody"]),
        *writer.sections(),
        heading(2, said["left_title"]),
        points(_counted(said, "others", version.others), _counted(said, "nobody", version.nobody), said["shielded"]),
    ]
    if looked:
        blocks += [heading(2, said["looked_title"]), text(said["looked"]), table(*looked)]
    return Paper(said["kind"], writer.laid.title, tuple(footer), tuple(blocks))


def record_of(record: Record, identity: str, person: str, to: str, rule: Rule | None, day: date, why: str) -> Document:
    """The item of a card that says that a version was given."""
    held: Document = {
        "id": identity,
        record.to: to,
        record.what: "De eigen versie van de kaart, op papier.",
        record.day: day.isoformat(),
        record.told: True,
        record.about: [person],
    }
    return held | ({record.ground: rule.source} if rule else {}) | ({record.why: why} if why else {})


def _counted(said: Mapping[str, str], key: str, count: int) -> str:
    if not count:
        return ""
    return said[f"{key}_one"] if count == 1 else said[key].replace("{count}", str(count))


def without_hidden(rows: Sequence[tuple[str, ...]], secret: Collection[str]) -> list[tuple[str, ...]]:
    """Rows without those that name somebody, or an organisation, that must not be told."""
    folded = {one.casefold() for one in secret if one}
    return [row for row in rows if not {cell.casefold() for cell in row} & folded]
