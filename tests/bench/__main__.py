"""Times and sizes in one run: ``make bench``. Compare the ratios; the milliseconds are this machine's.

Numbers as arguments are the sizes of the store to measure, in place of the usual ones. ``mails`` and ``handovers``
measure those alone.
"""

import os
import sys
import tempfile
from pathlib import Path

from tests.bench import bells, handovers, mails, pages, reviews, store
from tests.bench.told import title

_SIZES = [10, 1_000, 10_000]
_LONG = int(os.environ.get("BENCH_LONG", "2000"))


def main() -> None:
    """Print the whole table."""
    for alone in (mails, handovers):
        if sys.argv[1:] == [alone.__name__.rpartition(".")[2]]:
            with tempfile.TemporaryDirectory(prefix="kaarten-bench-") as name:
                alone.measure(Path(name))
            return
    sizes = [int(size) for size in sys.argv[1:]] or _SIZES
    with tempfile.TemporaryDirectory(prefix="kaarten-bench-") as name:
        folder = Path(name)
        title("A durable save of one afspraak on a card of 20")
        store.saves(folder / "saves")
        title("A line of the access log")
        store.log_lines(folder / "saves")
        for size in sizes:
            title(f"With {size:,} cards in the store")
            store.with_cards(store.grown(folder / "grown", size))
        title(f"One card of {_LONG:,} revisions")
        store.long_card(folder / "long", _LONG)
        title(f"The bell, with {bells.CARDS:,} cards and {bells.PEOPLE} people")
        bells.measure(folder / "bells")
        title("Reviewing")
        reviews.measure(folder / "reviews")
        pages.measure(folder / "grown", sizes[-1])
        mails.measure(folder / "mails")
        title("A card to another installation")
        handovers.measure(folder / "handovers")


if __name__ == "__main__":
    main()
