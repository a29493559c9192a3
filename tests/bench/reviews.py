"""Reviewing: the page of 500 changes since the last judgement, and the queue of 1,000 cards with 20 reviewers."""

from dataclasses import replace
from pathlib import Path

from app.content.grants import Grant
from app.content.overleg import AGREED, JUDGEMENT, Speaker
from app.content.reviewed import parts
from app.services import editing, judging
from app.services.actors import actor_of
from app.services.cataloguing import catch_up
from app.services.desk import Desk
from app.services.granting import regrant
from app.services.judging import Verdict
from app.services.overleg import new_said, say
from app.services.owed import about_of
from app.services.saving import held
from app.services.to_review import to_review
from app.storage.accounts import Account
from app.web import create_app
from tests.bench.told import row, timed
from tests.bench.told import say as tell
from tests.desks import LONG_AGO, MEHMET, ORGANISATIONS, SANNE, new_card, open_test_desk, peopled, share
from tests.web.gateway import Gateway

CHANGES, CARDS, REVIEWERS = 500, 1_000, 20


def measure(folder: Path) -> None:
    """Both."""
    _page(folder / "page")
    _queue(folder / "queue")


def _page(folder: Path) -> None:
    """One card of 500 afspraken that somebody judged; then each of them changes, in a save of its own."""
    desk = peopled(open_test_desk(folder, alone=True))
    card = new_card()
    first = card["afspraken"][0]
    card["afspraken"] = [{**first, "id": f"a-{number}", "tekst": f"Afspraak {number}."} for number in range(CHANGES)]
    kaart = editing.create_card(desk, SANNE, card, "Begin")
    share(desk, kaart, "account:mehmet", "beoordelaar")
    found = judging.sheet(desk, MEHMET, kaart)
    judging.judge(desk, MEHMET, kaart, found.kaart.revision, dict.fromkeys(found.waiting, Verdict(AGREED)))
    for number in range(CHANGES):
        stored = desk.kaarten.read(kaart)
        item = {**stored.document["afspraken"][number], "tekst": f"Afspraak {number}, nu elke week."}
        editing.save_item(desk, SANNE, kaart, "afspraken", item, stored.revision, "Vaker")
    app = create_app(desk, "x" * 32, demonstration=True)
    browser = Gateway(app.test_client()).become("mehmet").client
    plain = timed(lambda _: browser.get(f"/kaarten/{kaart}"))
    page = timed(lambda _: browser.get(f"/kaarten/{kaart}/beoordelen"))
    size = len(browser.get(f"/kaarten/{kaart}/beoordelen").data)
    row(f"the card of {CHANGES} afspraken", plain)
    row(f"the page of {CHANGES} changes since the last judgement", page)
    tell(f"  x {page / plain:.2f} of the card's page; {size / 1024:.0f} KiB")
    row("what is said there, without the page", timed(lambda _: judging.sheet(desk, MEHMET, kaart)))


def _queue(folder: Path) -> None:
    """Cards that twenty people review; each judged most of it, and some cards changed since."""
    desk = peopled(open_test_desk(folder, alone=True))
    people = [Account(f"p{n}", f"Prof {n}", f"p{n}@vt.example", "vt", demonstration=True) for n in range(REVIEWERS)]
    desk.accounts.put(ORGANISATIONS, people)
    catch_up(desk)
    given = [Grant(f"r-{one.id}", f"account:{one.id}", "beoordelaar", LONG_AGO) for one in people]
    for number in range(CARDS):
        kaart = editing.create_card(desk, SANNE, new_card(), "Begin")
        regrant(desk, SANNE, kaart, lambda grants: [*grants, *given], "Gedeeld")
        _judge_all(desk, kaart, people)
        if number % 3 == 0:
            stored = desk.kaarten.read(kaart)
            item = {**stored.document["afspraken"][0], "tekst": "Anders.", "status": "niet_nagekomen"}
            editing.save_item(desk, SANNE, kaart, "afspraken", item, stored.revision, "Anders")
    one = actor_of(people[3], desk.accounts.known())
    found, total = to_review(desk, one, 50)
    row(
        f"the queue of one of {REVIEWERS} on {CARDS:,} cards, {total} waiting",
        timed(lambda _: to_review(desk, one, 50)),
    )
    browser = Gateway(create_app(desk, "x" * 32, demonstration=True).test_client()).become("p3").client
    queue, listed = (timed(lambda _, at=at: browser.get(at)) for at in ("/beoordelen", "/kaarten"))  # type: ignore[misc]
    row("its page", queue)
    tell(f"  x {queue / listed:.2f} of the list of cards; first: {found[0].urgent}")


def _judge_all(desk: Desk, kaart: str, people: list[Account]) -> None:
    """Each of them agrees with all, said at once."""
    stored = desk.kaarten.read(kaart)
    types = desk.types
    sections = parts(stored.document, stored.edition.shape, types.roles.shield, types.review).values()
    about = tuple(about_of(desk, stored, one.section, one.item) for one in sections)
    begun = replace(new_said(desk, SANNE, JUDGEMENT), revision=stored.revision, about=about, verdict=AGREED)
    said = [
        replace(begun, id=new_said(desk, SANNE, JUDGEMENT).id, by=Speaker(one.id, one.name, "Veilig Thuis"))
        for one in people
    ]
    with held(desk, kaart) as writer:
        say(desk, writer, SANNE, said)
