"""Commands for reviewers: what waits, what changed since the last judgement, judging it."""

from collections.abc import Iterator, Mapping
from typing import Any

import click

from app.cli.cards import author_option, base_option, open_desk
from app.cli.group import actor_of, out_json, said_per_field
from app.cli.telling import Teller, save_data, save_line, title_of, under
from app.cli.usage import WrongUse
from app.content import Path
from app.content.changes import Change
from app.content.items import find
from app.content.messages import touched
from app.content.overleg import AGREED, DISAGREED, QUESTION
from app.services import judging, reading
from app.services.actors import Actor
from app.services.desk import Desk
from app.services.judging import Sheet, Verdict, Waiting
from app.services.to_review import to_review
from app.storage.records import Save

_MOST = 1_000
_with_words = {"multiple": True, "nargs": 2, "metavar": "ONDERDEEL TEKST"}


@click.group()
def review() -> None:
    """Beoordelen: wat wacht, wat er veranderde, en wat u ervan vindt."""


@review.command("list")
@click.option("--limit", type=click.IntRange(1, _MOST), default=50, help="Hoogstens zoveel kaarten.")
@click.option("--json", "as_json", is_flag=True, help="Voor een programma.")
@author_option
@click.pass_context
def waiting(context: click.Context, limit: int, as_json: bool, author: str | None) -> None:
    """Laat zien welke kaarten op uw oordeel wachten; wat niet kan wachten eerst."""
    desk = open_desk(context)
    found, total = to_review(desk, actor_of(author, desk), limit)
    if as_json:
        cards = [
            {"id": one.kaart_id, "title": one.title, "changed": one.changed, "count": one.count, "urgent": one.urgent}
            for one in found
        ]
        out_json({"total": total, "cards": cards})
        return
    for one in found:
        click.echo(f"{one.kaart_id}  {one.count:4}  {one.title}{_cannot_wait([one.urgent] if one.urgent else [])}")


@review.command("show")
@click.argument("kaart")
@click.option("--json", "as_json", is_flag=True, help="Voor een programma.")
@author_option
@click.pass_context
def show_sheet(context: click.Context, kaart: str, as_json: bool, author: str | None) -> None:
    """Laat zien wat er op een kaart veranderde sinds uw oordeel, en bij welke versie dat hoort."""
    desk = open_desk(context)
    actor = actor_of(author, desk)
    sheet = judging.sheet(desk, actor, kaart)
    saves = _saves(desk, actor, sheet)
    if as_json:
        settled = {item: one.said.verdict for item, one in sheet.settled.items()}
        teller = Teller(sheet.comparison)
        waiting = [_as_data(teller, sheet, one, saves) for one in sheet.waiting.values()]
        out_json({"revision": sheet.kaart.revision, "waiting": waiting, "settled": settled})
        return
    for line in _lines(desk, sheet, saves):
        click.echo(line)


@review.command("judge")
@click.argument("kaart")
@click.option("--agree", multiple=True, metavar="ONDERDEEL", help="Akkoord met dit onderdeel.")
@click.option("--remark", help="Akkoord met dit onderdeel, met een opmerking erbij.", **_with_words)  # type: ignore[arg-type]  # click's own types know no dict
@click.option("--question", help="Een vraag over dit onderdeel.", **_with_words)  # type: ignore[arg-type]  # the same
@click.option("--disagree", help="Niet akkoord met dit onderdeel, en waarom.", **_with_words)  # type: ignore[arg-type]  # the same
@click.option("--all", "rest", is_flag=True, help="Akkoord met al het andere dat wacht.")
@base_option
@author_option
@click.pass_context
def judge(
    context: click.Context,
    kaart: str,
    agree: tuple[str, ...],
    remark: tuple[tuple[str, str], ...],
    question: tuple[tuple[str, str], ...],
    disagree: tuple[tuple[str, str], ...],
    rest: bool,
    base: str,
    author: str | None,
) -> None:
    """Zeg wat u vindt van onderdelen zoals zij in een versie staan."""
    desk = open_desk(context)
    actor = actor_of(author, desk)
    chosen = [(item, Verdict(AGREED)) for item in agree]
    for verdict, said in ((AGREED, remark), (QUESTION, question), (DISAGREED, disagree)):
        chosen += [(item, Verdict(verdict, words)) for item, words in said]
    verdicts = dict(chosen)
    if len(verdicts) < len(chosen):
        raise WrongUse("Kies voor elk onderdeel één oordeel.", context)
    if not verdicts and not rest:
        raise WrongUse(
            "Kies eerst wat u van een onderdeel vindt: --agree, --remark, --question, --disagree of --all.", context
        )
    if rest:
        verdicts = {item: Verdict(AGREED) for item in judging.sheet(desk, actor, kaart).waiting} | verdicts
    with said_per_field({item: item for item in verdicts}):
        outcome = judging.judge(desk, actor, kaart, base, verdicts)
    if verdicts and not outcome.said:
        click.echo("Dit oordeel gaf u al.")
    else:
        click.echo(f"Beoordeeld: {outcome.said}." if verdicts else "Er wacht hier niets op uw oordeel.")
    if outcome.moved:
        click.echo(f"Intussen gewijzigd, kijk opnieuw: {', '.join(outcome.moved)}.", err=True)


def _saves(desk: Desk, actor: Actor, sheet: Sheet) -> Mapping[Path, list[Save]]:
    """Who changed what waits since it was judged, the newest first; of what is new to this person who did so last."""
    found, kaart = dict(sheet.touched), sheet.kaart
    left = {(one.section, one.item) for one in sheet.waiting.values() if not one.gone} - found.keys()
    for save in reading.read_history(desk, actor, kaart.id) if left else ():
        paths = [touched(step.message, kaart.edition.shape) for step in save.steps]
        if not save.parents:
            # Made with the card, when it is still so: what was changed unseen in between is of nobody we can name.
            first = reading.read_card(desk, actor, kaart.id, save.revision).document
            made = {path for path in left if find(first, path) == find(kaart.document, path)}
        else:
            made = left & set().union(*filter(None, paths))
        found |= {path: [save] for path in made}
        left -= made
        if None in paths:
            break  # another program saved, and does not say what: who did what before it is not sure
    return found


def _changes(sheet: Sheet, item: str) -> list[Change]:
    return [one for one in sheet.comparison.changes if one.path[1:2] == (item,)]


def _title(sheet: Sheet, one: Waiting) -> str:
    return title_of(sheet.comparison.old if one.gone else sheet.kaart, one.section, one.item)


def _as_data(teller: Teller, sheet: Sheet, one: Waiting, saves: Mapping[Path, list[Save]]) -> dict[str, Any]:
    return {
        "item": one.item,
        "section": one.section,
        "title": _title(sheet, one),
        "judged": one.judged.said.verdict if one.judged else None,
        "gone": one.gone,
        "urgent": list(one.urgent),
        "saves": [save_data(save) for save in saves.get((one.section, one.item), ())],
        "changes": [teller.data(change) for change in _changes(sheet, one.item)],
    }


def _cannot_wait(urgent: list[str]) -> str:
    return f"  (kan niet wachten: {', '.join(urgent).lower()})" if urgent else ""


def _lines(desk: Desk, sheet: Sheet, saves: Mapping[Path, list[Save]]) -> Iterator[str]:
    teller, review_rules = Teller(sheet.comparison), desk.types.review
    titles = {one.name: one.title for one in review_rules.urgent}
    yield f"versie {sheet.kaart.revision}"
    for one in sheet.waiting.values():
        before = f"  was: {review_rules.verdicts[one.judged.said.verdict].lower()}" if one.judged else ""
        gone = "  (staat er niet meer)" if one.gone else ""
        yield f"{one.item}  {_title(sheet, one)}{gone}{_cannot_wait([titles[name] for name in one.urgent])}{before}"
        for save in saves.get((one.section, one.item), ()):
            yield under(save_line(save))
        for line in teller.lines(_changes(sheet, one.item), start=2):
            yield under(line)
    if not sheet.waiting:
        yield "Er wacht hier niets op uw oordeel."
