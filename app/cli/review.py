"""Commands for reviewers: what waits, what changed since the last judgement, judging it."""

from collections.abc import Iterable
from typing import Any

import click

from app.cli.cards import author_option, base_option, open_desk
from app.cli.group import actor_of, out_json, said_per_field
from app.content.changes import Change
from app.content.items import Namer, where
from app.content.overleg import AGREED, DISAGREED, QUESTION
from app.services import judging
from app.services.judging import Sheet, Verdict
from app.services.to_review import to_review

_MOST = 1_000
_SIGNS = {"added": "+", "removed": "-", "changed": "~"}
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
        urgent = f"  {one.urgent}" if one.urgent else ""
        click.echo(f"{one.kaart_id}  {one.count:4}  {one.title}{urgent}")


@review.command("show")
@click.argument("kaart")
@click.option("--json", "as_json", is_flag=True, help="Voor een programma.")
@author_option
@click.pass_context
def show_sheet(context: click.Context, kaart: str, as_json: bool, author: str | None) -> None:
    """Laat zien wat er op een kaart veranderde sinds uw oordeel, en bij welke versie dat hoort."""
    desk = open_desk(context)
    sheet = judging.sheet(desk, actor_of(author, desk), kaart)
    told = {item: [one for one in sheet.comparison.changes if item in _items(one)] for item in sheet.waiting}
    if as_json:
        out_json(
            {
                "revision": sheet.kaart.revision,
                "waiting": [
                    {
                        "item": one.item,
                        "section": one.section,
                        "judged": one.judged.said.verdict if one.judged else None,
                        "gone": one.gone,
                        "urgent": list(one.urgent),
                        "changes": [_as_data(change, one.item) for change in told[one.item]],
                    }
                    for one in sheet.waiting.values()
                ],
                "settled": {item: one.said.verdict for item, one in sheet.settled.items()},
            }
        )
        return
    for line in _lines(sheet, told):
        click.echo(line)


@review.command("judge")
@click.argument("kaart")
@click.option("--agree", multiple=True, metavar="ONDERDEEL", help="Akkoord met dit onderdeel.")
@click.option("--question", help="Een vraag over dit onderdeel.", **_with_words)  # type: ignore[arg-type]  # click's own types know no dict
@click.option("--disagree", help="Niet akkoord met dit onderdeel, en waarom.", **_with_words)  # type: ignore[arg-type]  # the same
@click.option("--all", "rest", is_flag=True, help="Akkoord met al het andere dat wacht.")
@base_option
@author_option
@click.pass_context
def judge(
    context: click.Context,
    kaart: str,
    agree: tuple[str, ...],
    question: tuple[tuple[str, str], ...],
    disagree: tuple[tuple[str, str], ...],
    rest: bool,
    base: str,
    author: str | None,
) -> None:
    """Zeg wat u vindt van onderdelen zoals zij in een versie staan."""
    desk = open_desk(context)
    actor = actor_of(author, desk)
    verdicts = {item: Verdict(AGREED) for item in agree}
    verdicts |= {item: Verdict(QUESTION, words) for item, words in question}
    verdicts |= {item: Verdict(DISAGREED, words) for item, words in disagree}
    if rest:
        verdicts = {item: Verdict(AGREED) for item in judging.sheet(desk, actor, kaart).waiting} | verdicts
    with said_per_field({item: item for item in verdicts}):
        outcome = judging.judge(desk, actor, kaart, base, verdicts)
    click.echo(f"Beoordeeld: {outcome.said}.")
    if outcome.moved:
        click.echo(f"Intussen gewijzigd, kijk opnieuw: {', '.join(outcome.moved)}.", err=True)


def _items(change: Change) -> set[str]:
    return {change.path[1]} if len(change.path) > 1 else _ids(change.new) | _ids(change.old)


def _ids(held: Any) -> set[str]:
    return {one["id"] for one in held} if isinstance(held, list) else set()


def _as_data(change: Change, item: str) -> dict[str, Any]:
    def part(held: Any) -> Any:
        whole = len(change.path) == 1 and isinstance(held, list)
        return next((one for one in held if one["id"] == item), None) if whole else held

    return {"kind": change.kind, "path": list(change.path), "old": part(change.old), "new": part(change.new)}


def _lines(sheet: Sheet, told: dict[str, list[Change]]) -> Iterable[str]:
    shape = sheet.kaart.edition.shape
    new, old = (Namer(one.document, shape) for one in (sheet.comparison.new, sheet.comparison.old))
    yield f"versie {sheet.kaart.revision}"
    for one in sheet.waiting.values():
        urgent = f"  ({', '.join(one.urgent)})" if one.urgent else ""
        before = f"  was: {one.judged.said.verdict}" if one.judged else ""
        yield f"{one.item}  {(old if one.gone else new).item(one.item)}{urgent}{before}"
        for change in told[one.item]:
            yield f"    {_SIGNS.get(change.kind, ' ')} {where(shape, change.path)}"
