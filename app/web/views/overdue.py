"""Days that should lie ahead and do not: said in words, so that nobody has to see it by a colour."""

from datetime import date

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
