"""Days that are over: said in words, so that nobody has to see it by a colour."""

from dataclasses import dataclass
from datetime import date

from app.content.display import DueRule
from app.content.shape import Field
from app.web.language import _, _n


def overdue(field: Field, held: object, today: date) -> str:
    """How long ago a day is that the schema wants ahead (``6 dagen geleden``); an empty text where all is well."""
    if not isinstance(held, str) or not any(need.ahead for need in field.needs):
        return ""
    try:
        days = (today - date.fromisoformat(held)).days
    except ValueError:
        return ""
    if days == 1:
        return _("gisteren")
    return _n("%(num)s dag geleden", "%(num)s dagen geleden", days) if days > 0 else ""


def too_late(rule: DueRule, day: date, today: date) -> str:
    """What stands at an item whose day is over (``6 dagen over tijd``); an empty text where it is not.

    A rule that waits some days after the day itself says only that it is long ago: how many of them are too many
    tells nobody anything.
    """
    days = (today - day).days
    if days <= 0:
        return ""
    return rule.mark if rule.plus else _n("%(num)s dag %(what)s", "%(num)s dagen %(what)s", days, what=rule.mark)


@dataclass(frozen=True)
class Late:
    """Which days are over on a day, as `content.layout` asks it."""

    today: date

    def of_field(self, field: Field, held: object) -> str:
        """As `overdue`."""
        return overdue(field, held, self.today)

    def of_rule(self, rule: DueRule, day: date) -> str:
        """As `too_late`."""
        return too_late(rule, day, self.today)
