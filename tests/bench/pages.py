"""Pages of a real server: their time with eight people at once, their bytes, long lists, and the memory it takes.

The clients run beside the server on the same machine: with fewer processors than clients, what a page takes here is
mostly waiting for one another. The row of one client says what a page costs.
"""

import re
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median, quantiles

from app.factory import open_desk
from app.services import editing
from app.services.desk import Desk
from app.settings import Settings
from tests.bench.store import big_card, hers
from tests.bench.told import row, say, title
from tests.clients import Client
from tests.desks import SANNE
from tests.servers import Server

_CLIENTS = 8
_EACH = 40
_LENGTHS = (20, 200, 1_000)


def measure(folder: Path, size: int) -> None:
    """All figures of the pages, on a folder that holds so many cards."""
    desk = open_desk(Settings(data=folder))
    ids = hers(desk)
    long = {length: _with_afspraken(desk, length) for length in _LENGTHS}
    with Server(folder) as server:
        server.run("reindex")  # not in the time that a server may take to start
        server.start()
        client = Client(server.base, SANNE.id)
        client.get("/kaarten")
        title(f"Memory of the server, {size:,} cards")
        say(f"  after start: {_resident(server.pid):.0f} MB")
        title(f"Pages with {size:,} cards: one client, then {_CLIENTS} at once")
        for name, addresses in _pages(desk, ids).items():
            _at_once(server.base, name, addresses)
        title("Bytes")
        _bytes(client, f"/kaarten/{long[20]}")
        title("Long lists")
        for length, kaart in long.items():
            _one(client, f"a card with {length:,} afspraken", f"/kaarten/{kaart}")
            _one(client, f"the same, all folded out ({length:,})", f"/kaarten/{kaart}?alles=1")
        _one(client, "the first page of the list", "/kaarten")
        _one(client, "its last page", f"/kaarten?pagina={-(-size // 50)}")
        busiest = _busiest(desk, ids)
        _one(client, f"a history of {len(desk.kaarten.history(busiest)):,} saves", f"/kaarten/{busiest}/geschiedenis")
        title("Memory of the server, after all this")
        say(f"  {_resident(server.pid):.0f} MB")


def _with_afspraken(desk: Desk, number: int) -> str:
    card = big_card()
    one = card["afspraken"][0]
    card["afspraken"] = [{**one, "id": f"a-{count}x", "tekst": f"Afspraak {count}."} for count in range(number)]
    return editing.create_card(desk, SANNE, card)


def _busiest(desk: Desk, ids: Sequence[str]) -> str:
    return max(ids, key=lambda one: len(desk.kaarten.history(one, 500)))


def _pages(desk: Desk, ids: Sequence[str]) -> dict[str, list[str]]:
    busy = _busiest(desk, ids)
    first, last = desk.kaarten.history(busy)[-1].revision, desk.kaarten.history(busy)[0].revision
    return {
        "the start": ["/"],
        "the list": ["/kaarten"],
        "a search": ["/kaarten?zoek=oma+boos", "/kaarten?zoek=nummer+7"],
        "a card": [f"/kaarten/{one}" for one in ids],
        "a history": [f"/kaarten/{busy}/geschiedenis"],
        "a comparison": [f"/kaarten/{busy}/vergelijken?van={first}&tot={last}"],
    }


def _at_once(base: str, name: str, addresses: Sequence[str]) -> None:
    def asked(number: int) -> list[float]:
        return Client(base, SANNE.id).times([addresses[(number + count) % len(addresses)] for count in range(_EACH)])

    asked(0)
    alone = median(asked(0))
    start = time.perf_counter()
    with ThreadPoolExecutor(_CLIENTS) as crowd:
        found = [one for times in crowd.map(asked, range(_CLIENTS)) for one in times]
    rate = len(found) / (time.perf_counter() - start)
    say(
        f"  {name:16} one {alone * 1000:8.1f} ms   {_CLIENTS} at once: median {median(found) * 1000:8.1f} ms,"
        f" 99 % {quantiles(found, n=100)[98] * 1000:8.1f} ms, {rate:6.1f} pages a second"
    )


def _bytes(client: Client, address: str) -> None:
    """What a first visit sends, and a second one."""
    page = client.get(address)
    files = dict.fromkeys(re.findall(r'(?:href|src)="(/static/[^"]+|/stijl[^"]+)"', page.decode()))
    sizes = {one.partition("?")[0].rpartition("/")[2]: len(client.get(one)) for one in files}
    say(f"  a card with 20 afspraken: {len(page):,} bytes; a first visit {len(page) + sum(sizes.values()):,}")
    say("  of which kept for the next: " + ", ".join(f"{name} {size:,}" for name, size in sizes.items()))


def _one(client: Client, name: str, address: str) -> None:
    sent = len(client.get(address))
    row(f"{name} ({sent:,} bytes)", median(client.times([address] * 5)))


def _resident(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024
