"""What people get out of the access log: who looked at a card, what an auditor sees, what is kept."""

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.services import editing, logbook, reading
from app.services.actors import Actor, shell
from app.services.desk import ZONE, Desk
from app.services.errors import NotAllowed, NotFound, ServiceError
from app.storage.access_log import AccessLog, Event
from app.storage.accounts import Account
from app.storage.log_index import LogIndex, Wanted
from app.storage.log_verify import verify
from tests.desks import ACCOUNTS, MEHMET, ORGANISATIONS, SANNE, at, logged, new_card, open_test_desk, peopled

NOON = datetime(2026, 11, 23, 12, tzinfo=ZONE)
ROOT = shell("root")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return peopled(open_test_desk(tmp_path))


def event(when: datetime = NOON, **fields: Any) -> Event:
    given: dict[str, Any] = {"event": "read", "kind": "R", "outcome": "toegestaan", "when": when}
    return Event(**given | fields)


def index(desk: Desk) -> LogIndex:
    return LogIndex(desk.log, ZONE)


def test_who_looked_at_a_card_is_told_by_day_and_person(desk: Desk) -> None:
    kaart = reading.read_card(desk, SANNE, editing.create_card(desk, SANNE, new_card(), "Begin"))
    tomorrow = at(desk, NOON + timedelta(days=1))
    reading.read_card(tomorrow, MEHMET, kaart.id)
    reading.read_card(tomorrow, MEHMET, kaart.id)
    reading.read_card(at(desk, NOON + timedelta(days=2)), SANNE, kaart.id)
    found = logbook.looked_at(at(desk, NOON + timedelta(days=2)), SANNE, kaart.id, None, None, 10)
    assert [(one.day.day, one.name, one.organisation) for one in found] == [
        (25, "Sanne Bakker", "CJG Halderberge"),
        (24, "Mehmet Kaya", "Veilig Thuis"),
        (23, "Sanne Bakker", "CJG Halderberge"),
    ]
    assert sum(deed.count for deed in found[1].deeds if deed.event == "read") == 2
    assert {deed.event for deed in found[0].deeds} == {"read", "card-log"}
    days = [date(2026, 11, 24), date(2026, 11, 24)]
    assert [one.name for one in logbook.looked_at(desk, SANNE, kaart.id, days[0], days[1], 10)] == ["Mehmet Kaya"]
    assert logbook.looked_at(desk, SANNE, kaart.id, date(2020, 1, 1), date(2020, 1, 2), 10) == []
    second = logbook.looked_at(at(desk, NOON + timedelta(days=2)), SANNE, kaart.id, None, None, 1, 1)
    assert [one.name for one in second] == ["Mehmet Kaya"]


def test_a_look_at_midnight_stands_under_the_day_of_the_people_here(desk: Desk) -> None:
    kaart = reading.read_card(desk, SANNE, editing.create_card(desk, SANNE, new_card(), "Begin"))
    desk.log.append([event(datetime(2026, 11, 29, 23, 30, tzinfo=UTC), who="x", name="X", kaart=kaart.id)])
    assert logbook.looked_at(desk, SANNE, kaart.id, None, None, 10)[0].day == date(2026, 11, 30)


def test_emergency_access_refusals_and_who_asked_on_behalf_are_told(desk: Desk) -> None:
    kaart = reading.read_card(desk, SANNE, editing.create_card(desk, SANNE, new_card(), "Begin"))
    desk.log.append(
        [
            event(NOON + timedelta(days=1), who="a", name="A", kaart=kaart.id, ground="noodtoegang", emergency=True),
            event(NOON + timedelta(days=1), kaart=kaart.id, outcome="geweigerd"),
            event(NOON + timedelta(days=1), who="a", name="A", kaart=kaart.id, behalf="root", ground="gone"),
        ]
    )
    behalf, nobody, emergency, *_ = logbook.looked_at(desk, SANNE, kaart.id, None, None, 10)
    assert (behalf.behalf, behalf.roles) == ("root", ("gone",))
    assert (nobody.name, nobody.deeds[0].outcome) == ("", "geweigerd")
    assert (emergency.emergency, emergency.roles, emergency.behalf) == (True, ("Noodtoegang",), "")


def auditor(desk: Desk, organisation: str) -> Actor:
    """An auditor of an organisation, who also stands among the accounts."""
    account = Account(f"auditor-{organisation}", "Ada", f"ada@{organisation}.example", organisation, "auditor")
    desk.accounts.put(ORGANISATIONS, [*ACCOUNTS, account])
    return replace(SANNE, id=account.id, name="Ada", role="auditor", organisation_id=organisation)


def test_an_auditor_of_the_host_sees_all_and_another_only_the_own_people(desk: Desk) -> None:
    desk.log.append([event(who="sanne", organisation="cjg"), event(who="mehmet", organisation="vt"), event()])

    def seen(actor: Actor, **wanted: Any) -> set[str]:
        return {one.who for one in logbook.lines(desk, actor, Wanted(**wanted), 100)} - {actor.id}

    assert seen(auditor(desk, "cjg")) == {"sanne", "mehmet", ""}
    assert seen(auditor(desk, "vt")) == {"mehmet"}
    assert seen(auditor(desk, "vt"), organisations=("cjg",)) == {"mehmet"}
    assert "sanne" in seen(ROOT)


def test_lines_are_found_by_each_filter_and_all_of_them_together(desk: Desk) -> None:
    one = event(
        NOON, who="a-1", name="Anna Ó'Neill %_", organisation="vt", kaart="k1", outcome="geweigerd", emergency=True
    )
    desk.log.append([one, event(NOON + timedelta(days=3), who="b", name="Bob", organisation="cjg", kaart="k2")])
    wanted: dict[str, Any] = {
        "person": "'NEILL %",
        "organisations": ("vt",),
        "kaart": "k1",
        "event": "read",
        "outcome": "geweigerd",
        "emergency": True,
        "since": date(2026, 11, 23),
        "until": date(2026, 11, 24),
    }
    for name, value in wanted.items():
        expected = ["Bob", one.name] if name in ("event", "since") else [one.name]
        found = index(desk).find(Wanted(**{name: value}), 10)
        assert [line.name for line in found if not line.event.startswith("log-")] == expected, name
    (whole,) = index(desk).find(Wanted(**wanted | {"person": "Anna"}), 10)
    assert replace(whole, when=one.when) == one
    assert whole.when == one.when
    assert index(desk).find(Wanted(person="%"), 10) == index(desk).find(Wanted(person="Anna"), 10)
    assert index(desk).find(Wanted(person="%%"), 10) == []


def test_last_used_is_what_was_last_allowed(desk: Desk) -> None:
    later = NOON + timedelta(hours=1)
    desk.log.append([event(who="sanne"), event(later, who="sanne"), event(later, who="mehmet", outcome="geweigerd")])
    assert logbook.last_used(desk, ["sanne", "mehmet", "", "weg"]) == {"sanne": later}


def test_the_index_reads_on_from_where_it_was_and_is_made_anew_when_it_is_gone_or_damaged(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    real = AccessLog.path

    def counted(self: AccessLog, part: str) -> Path:
        opened.append(real(self, part))
        return opened[-1]

    desk.log.append([event(who=str(number)) for number in range(20)])
    desk.log.append([event(datetime(2026, 12, 3, tzinfo=UTC), who="dec")])
    assert len(index(desk).find(Wanted(), 100)) == 23
    monkeypatch.setattr(AccessLog, "path", counted)
    index(desk).find(Wanted(), 100)
    assert {path.stem for path in opened} <= {"2026-12"}, "an old part was read again"
    monkeypatch.undo()
    file = tmp_path / "var" / "log-index.sqlite"
    for damage in (b"", b"no sqlite at all" * 100):
        file.write_bytes(damage)
        for ending in ("-wal", "-shm"):
            file.with_name(file.name + ending).unlink(missing_ok=True)
        assert len(index(desk).find(Wanted(), 100)) == 23


def test_the_index_knows_only_of_what_was_confirmed_and_of_a_log_that_was_replaced(desk: Desk, tmp_path: Path) -> None:
    desk.log.append([event(who="one")])
    part = desk.log.path("2026-11")
    with part.open("ab") as file:
        file.write(part.read_bytes().splitlines(keepends=True)[-1])
    assert [one.who for one in index(desk).find(Wanted(), 9)] == ["one", ""]
    desk.log.append([event(who="two")])
    assert [one.who for one in index(desk).find(Wanted(person="two"), 9)] == ["two"]
    shutil.rmtree(tmp_path / "var" / "log")
    (tmp_path / "var" / "log-anchor").unlink()
    desk.log.append([event(who="new")])
    assert "new" in [one.who for one in index(desk).find(Wanted(), 9)]
    assert "two" not in [one.who for one in index(desk).find(Wanted(), 9)]


def test_parts_older_than_they_are_kept_go_and_the_log_says_so_and_still_holds(desk: Desk, tmp_path: Path) -> None:
    for month in (datetime(2021, 10, 5, tzinfo=ZONE), datetime(2021, 11, 5, tzinfo=ZONE), NOON):
        desk.log.append([event(month, who=f"{month:%Y-%m}")])
    assert len(index(desk).find(Wanted(), 99)) == 6
    assert logbook.retire(at(desk, NOON), ROOT) == ["2021-10"]
    assert desk.log.parts() == ["2021-11", "2026-11"]
    verdict = verify(desk.log)
    assert (verdict.fault, verdict.first) == (None, 3)
    assert "2021-10" not in [one.who for one in index(desk).find(Wanted(), 99)]
    assert logbook.retire(at(desk, NOON), ROOT) == []
    desk.log.path("2021-11").unlink()
    assert verify(desk.log).fault
    with pytest.raises(ServiceError, match="klopt niet"):
        logbook.retire(at(desk, NOON + timedelta(days=90)), ROOT)
    assert "log-retire" in (tmp_path / "var" / "log" / "2026-11.jsonl").read_text()


def test_the_log_says_of_itself_who_read_it(desk: Desk, tmp_path: Path) -> None:
    logbook.lines(desk, ROOT, Wanted(), 10)
    logbook.verify(desk, ROOT)
    logbook.anchor(desk, ROOT)
    assert [(line["event"], line["who"]) for line in logged(tmp_path)] == [("read-log", "shell/root")] * 3


def test_nobody_reads_the_log_without_leave(desk: Desk) -> None:
    nobody = Actor("", "")
    kaart = reading.read_card(desk, SANNE, editing.create_card(desk, SANNE, new_card(), "Begin"))
    for refused in (
        lambda: logbook.lines(desk, nobody, Wanted(), 10),
        lambda: logbook.looked_at(desk, nobody, kaart.id, None, None, 10),
        lambda: logbook.verify(desk, nobody),
        lambda: logbook.anchor(desk, nobody),
        lambda: logbook.retire(desk, nobody),
    ):
        with pytest.raises((NotAllowed, NotFound)):
            refused()
