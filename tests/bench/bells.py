"""The bell: how long it takes to count what is new, on every page."""

from pathlib import Path

from app.content.grants import Grant
from app.content.overleg import JUDGEMENT, QUESTION
from app.services import bell, editing
from app.services.actors import actor_of
from app.services.cataloguing import catch_up
from app.services.granting import regrant
from app.storage.accounts import Account
from app.web import create_app
from tests.bench.told import row, say, timed
from tests.desks import LONG_AGO, ORGANISATIONS, SANNE, new_card, open_test_desk, peopled
from tests.services.test_overleg import tell
from tests.web.gateway import Gateway

CARDS, PEOPLE, _EACH = 1_000, 20, 3


def measure(folder: Path) -> None:
    """Cards of one person, each reviewed by one of twenty, with some questions on each."""
    desk = peopled(open_test_desk(folder, alone=True))
    people = [Account(f"p{n}", f"Prof {n}", f"p{n}@vt.example", "vt", demonstration=True) for n in range(PEOPLE)]
    desk.accounts.put(ORGANISATIONS, people)
    catch_up(desk)
    known = desk.accounts.known()
    for number in range(CARDS):
        kaart = editing.create_card(desk, SANNE, new_card(), "Begin")
        who = people[number % PEOPLE]
        grant = Grant("r-o", f"account:{who.id}", "beoordelaar", LONG_AGO)
        regrant(desk, SANNE, kaart, lambda grants, grant=grant: [*grants, grant], "Gedeeld")  # type: ignore[misc]
        for _ in range(_EACH):
            tell(desk, actor_of(who, known), kaart, JUDGEMENT, "a-1", verdict=QUESTION, text="Wie belt er dan?")
    one = actor_of(people[3], known)
    row(f"what is new to one with {CARDS // PEOPLE} cards", timed(lambda _: bell.count_new(desk, one)))
    row(f"what is new to one with {CARDS:,} cards, who never looked", timed(lambda _: bell.count_new(desk, SANNE)))
    row("the first page of messages", timed(lambda _: bell.bell(desk, SANNE, 50)))
    app = create_app(desk, "x" * 32, demonstration=True)
    browser = Gateway(app.test_client()).become("p3").client
    count = app.jinja_env.globals["new_notices"]
    for address in ("/kaarten", "/toegankelijkheid"):
        app.jinja_env.globals["new_notices"] = count
        with_it = timed(lambda _, address=address: browser.get(address))  # type: ignore[misc]
        app.jinja_env.globals["new_notices"] = lambda: 3
        without = timed(lambda _, address=address: browser.get(address))  # type: ignore[misc]
        say(f"  {address}: {with_it * 1000:.2f} ms, without a bell {without * 1000:.2f} ms: x {with_it / without:.2f}")
