"""How long ago, or how soon, a day is that asks for attention: in words, so that nobody has to see it by a colour."""

from dataclasses import dataclass
from datetime import date

from app.web.language import _, _n

_MANY_DAYS, _MONTH = 62, 31


@dataclass(frozen=True)
class When:
    """A day in words, and whether it is over."""

    text: str
    late: bool


def when_due(day: str, today: date) -> When:
    """A day in ISO 8601, as somebody says it who looks at the calendar: ``6 dagen over tijd``, ``over 3 dagen``."""
    late = (today - date.fromisoformat(day)).days
    if late > _MANY_DAYS:
        text = _n("ruim %(num)s maand over tijd", "ruim %(num)s maanden over tijd", late // _MONTH)
    elif late > 0:
        text = _n("%(num)s dag over tijd", "%(num)s dagen over tijd", late)
    elif late == 0:
        text = _("vandaag")
    elif late == -1:
        text = _("morgen")
    else:
        text = _n("over %(num)s dag", "over %(num)s dagen", -late)
    return When(text, late > 0)
