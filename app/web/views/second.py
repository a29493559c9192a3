"""What a second person is asked, in words: what it is about, who asks it, and what belongs together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from app.services.requested import Request
from app.web.language import _, _n


@dataclass(frozen=True)
class Asking:
    """Requests that are answered together: what one person did of one kind; what is not done yet stands alone.

    Attributes:
        requests: at least one, the newest first.
        own: whether the person at the page asked it.
    """

    requests: Sequence[Request]
    own: bool

    @property
    def id(self) -> str:
        """What it is known by on the page and in the form."""
        return self.first.asked.said.id

    @property
    def first(self) -> Request:
        """The newest of it."""
        return self.requests[0]

    @property
    def done(self) -> bool:
        """Whether it was done already, to be confirmed afterwards."""
        return self.first.asked.said.done

    @property
    def saves(self) -> list[list[Request]]:
        """The requests by the save that did it."""
        return [list(found) for _revision, found in groupby(self.requests, lambda one: one.asked.said.revision)]

    @property
    def what(self) -> str:
        """What is asked, and of what."""
        if len(self.requests) == 1:
            return what(self.first)
        number = len(self.requests)
        return _n("%(act)s, %(num)s onderdeel", "%(act)s, %(num)s onderdelen", number, act=self.first.title)

    @property
    def sentence(self) -> str:
        """Who asks what."""
        name, told = self.first.asked.said.by.name, self.what
        if self.done:
            if self.own:
                return _("U deed alvast: %(what)s. Een ander kijkt dat na.", what=told)
            return _("%(name)s deed alvast: %(what)s. Een tweede persoon kijkt dat na.", name=name, what=told)
        if self.own:
            return _("U vroeg een tweede persoon: %(what)s.", what=told)
        return _("%(name)s vraagt een tweede persoon: %(what)s.", name=name, what=told)


def what(one: Request) -> str:
    """What one request is about: the act or step, and the item."""
    about = matter(one)
    return _("%(act)s: %(about)s", act=one.title, about=about) if about else one.title


def matter(one: Request) -> str:
    """The item that a request is about; empty where it is about the whole card."""
    if one.matter is None:
        return ""
    kind = one.matter.one.lower()
    return _("%(one)s ‘%(title)s’", one=kind, title=one.matter.title) if one.matter.title else kind


def barred(one: Request) -> str:
    """The names of those from whom an item was shielded."""
    return "; ".join(one.matter.barred) if one.matter else ""


def together(requests: Iterable[Request], account: str) -> list[Asking]:
    """Open requests as they are answered: first what waits until somebody confirms it, then what was done.

    Args:
        requests: the newest first.
        account: of the person at the page.
    """
    found: dict[tuple[str, ...], list[Request]] = {}
    for one in requests:
        said = one.asked.said
        found.setdefault((said.step, said.by.account) if said.done else (said.id,), []).append(one)
    groups = [Asking(held, held[0].asked.said.by.account == account) for held in found.values()]
    return sorted(groups, key=lambda one: one.done)
