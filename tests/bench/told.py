"""How the bench measures and says it."""

import sys
import time
from collections.abc import Callable
from statistics import median

RUNS = 40


def timed(work: Callable[[int], object], runs: int = RUNS) -> float:
    """The median of the seconds that some work takes; it is given the number of the run."""
    times = []
    for number in range(runs):
        start = time.perf_counter()
        work(number)
        times.append(time.perf_counter() - start)
    return median(times)


def title(text: str) -> None:
    """The head of a part of the table."""
    say(f"\n{text}")


def row(text: str, seconds: float, limit: float | None = None) -> None:
    """A time, and how many times the physical limit it is."""
    ratio = f"{seconds / limit:8.1f} x the limit" if limit else ""
    say(f"  {text:64} {seconds * 1000:9.2f} ms {ratio}")


def say(text: str) -> None:
    """A line."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
