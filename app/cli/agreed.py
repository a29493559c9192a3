"""The command that says who agreed to which words of an item."""

import click

from app.cli.cards import author_option, open_desk
from app.cli.group import actor_of, out_json
from app.content import Path
from app.content.items import Namer, find, index
from app.services.agreed import NOT_ASKED, Answer, words_between
from app.services.agreed import agreed as of_services
from app.services.errors import NotFound
from app.services.reading import read_card
from app.storage.records import Stored


@click.command()
@click.argument("kaart")
@click.argument("item", metavar="ONDERDEEL")
@click.option("--json", "as_json", is_flag=True, help="Voor een programma.")
@author_option
@click.pass_context
def agreed(context: click.Context, kaart: str, item: str, as_json: bool, author: str | None) -> None:
    """Laat zien wie het met welke woorden van een onderdeel eens is."""
    desk = open_desk(context)
    actor = actor_of(author, desk)
    held = read_card(desk, actor, kaart)
    section = index(held.document, held.edition.shape).get(item, ("", None))[0]
    if not section:
        raise NotFound(NOT_ASKED)
    place = (section, item)
    answers = of_services(desk, actor, held, place)
    if as_json:
        out_json([_as_data(held, place, one) for one in answers])
    for one in () if as_json else answers:
        _tell(held, place, one)


def _tell(kaart: Stored, place: Path, one: Answer) -> None:
    """An answer in words; under it how the words differ now from those that it is about."""
    shape = kaart.edition.shape
    field, namer = shape[place[0]].inner[one.key], Namer(kaart.document, shape)
    told = field.inner[field.agreement.field] if field.agreement else field
    line = f"{one.row['id']}  {namer.title(field, one.row)}: {namer.value(told, one.row.get(told.key))}"
    if one.again and one.said:
        line += f" (eerder: {namer.value(told, one.said.get(told.key))})"
    click.echo(line)
    if one.save is None or one.then is None:
        return
    about = "andere woorden" if one.changed else "de woorden van nu"
    click.echo(f"    {one.save.revision}  {one.save.when:%Y-%m-%d %H:%M}  {one.save.author.name}  ({about})")
    before, rule = Namer(one.then.document, shape), field.agreement
    for change in words_between(one.then, kaart, place, rule) if rule else ():
        key = shape[place[0]].inner[change.path[2]]
        values = [before.value(key, change.old), namer.value(key, change.new)]
        click.echo(f"    ~ {key.title}: {' → '.join(value or '(leeg)' for value in values)}")


def _as_data(kaart: Stored, place: Path, one: Answer) -> dict[str, object]:
    rule = kaart.edition.shape.agreements[place[0]][one.key]
    then = find(one.then.document, place) if one.then else None
    return {
        "id": one.row["id"],
        "list": one.key,
        "now": one.row,
        "again": one.again,
        "said": one.said,
        "holds": one.holds,
        "unsure": one.unsure,
        "revision": one.save.revision if one.save else None,
        "when": one.save.when.isoformat() if one.save else None,
        "author": {"name": one.save.author.name, "organisation": one.save.author.organisation} if one.save else None,
        "words": {key: then[key] for key in rule.words if key in then} if then is not None else None,
        "changed": list(one.changed),
    }
