"""Days that stand in an address, as a date field of a browser writes them."""

from datetime import date

from flask import request

from app.web.language import _

FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)


class Days:
    """The days of a request; what is no day is told, and asks for nothing."""

    def __init__(self, *names: str) -> None:
        """Read the parameters of these names."""
        self.typed = {name: request.args.get(name, "").strip()[:40] for name in names}
        self.errors: dict[str, str] = {}
        self._days = {name: self._read(name) for name in names}

    def __getitem__(self, name: str) -> date | None:
        """The day of that name, or None."""
        return self._days[name]

    def _read(self, name: str) -> date | None:
        if not self.typed[name]:
            return None
        try:
            day = date.fromisoformat(self.typed[name])
        except ValueError:
            day = None
        if day is None or not FIRST <= day <= LAST:
            self.errors[name] = _("Dit is geen dag. Schrijf bijvoorbeeld 2026-12-01.")
            return None
        return day
