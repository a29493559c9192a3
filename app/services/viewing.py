"""A card as one person may see it, now and back in time. What is shielded from this person is on no side of it."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from functools import cached_property
from itertools import dropwhile, islice
from typing import TypeVar

from app.content import Document
from app.content.card_type import CardType
from app.content.items import index
from app.content.members import members, rows_of
from app.content.overleg import About
from app.content.problems import InvalidCard
from app.content.searching import match_key
from app.content.shape import Shape
from app.content.shielding import concealed, hidden
from app.services import rights
from app.services.actors import Actor
from app.services.desk import Desk
from app.services.errors import NO_CARD, NO_REVISION, NotFound
from app.services.past_shields import MOST_READ, PastShields
from app.storage.errors import RepositoryNotFound, RevisionNotFound
from app.storage.records import Access, InvalidRevision, Save, Stored

_Answer = TypeVar("_Answer")


class View:
    """One card for one person who may read it; `view` gives one. For the length of one use case.

    Attributes:
        kaart_id: the card.
        access: who has which role on it.
    """

    def __init__(self, desk: Desk, actor: Actor, kaart_id: str, access: Access, most: int = MOST_READ) -> None:
        """For somebody of whom it is decided that he or she may read the card.

        Args:
            desk: what to work with.
            actor: who.
            kaart_id: which card.
            access: who has which role on it.
            most: so many revisions are read to learn what was shielded when; what is not learned stays hidden.
        """
        self.kaart_id, self.access, self._most = kaart_id, access, most
        self._desk, self._actor = desk, actor
        own = actor.subjects[:1]
        self._linked = {one.professional for one in access.grants if one.subject in own and one.professional}

    @property
    def types(self) -> CardType:
        """The type of the card."""
        return self._desk.types

    @property
    def mark(self) -> tuple[str, Actor, str, str]:
        """What all that this view tells follows from: the card, the person, the roles and the newest revision."""
        newest = self._newest.revision if self._newest else ""
        return self.kaart_id, self._actor, self.access.revision, newest

    def read(self, revision: str | None = None) -> Stored:
        """The card as it is now, or as it was.

        Raises:
            NotFound: it has no such revision.
            InvalidRevision: another program wrote what is not a card.
            StoreError: the store fails.
        """
        if revision is None:
            return self.shown(self._now)
        try:
            return self.shown(self._desk.kaarten.read(self.kaart_id, revision))
        except RevisionNotFound:
            raise NotFound(NO_REVISION) from None

    def last_valid(self) -> Stored | None:
        """The newest revision that is a card, or None."""
        return self.shown(self._newest) if self._newest else None

    def history(self, limit: int | None = None) -> list[Save]:
        """The saves of the card that have anything to tell this person, newest first, at most `limit`."""
        return self.look_back(lambda saves: list(islice((save for save in saves if save.steps), limit)))

    def look_back(self, work: Callable[[Iterator[Save]], _Answer], revision: str | None = None) -> _Answer:
        """What `work` makes of the saves that lead to a revision, newest first, as far as this person may see them.

        Of a save that touched something shielded too, neither that part of it is told nor the reason: it may say
        more. One that touched nothing else has no steps. Raises as `KaartRepository.look_back`.
        """

        def told(saves: Iterator[Save]) -> _Answer:
            seen = self._past.told(saves)
            # From the newest on in any case: on the way it is learned what was shielded when.
            return work(dropwhile(lambda save: save.revision != revision, seen) if revision else seen)

        return self._desk.kaarten.look_back(self.kaart_id, told)

    def shown(self, kaart: Stored) -> Stored:
        """A revision of the card without what is shielded from this person."""
        gone = self.hidden_in(kaart)
        if not gone:
            return kaart
        return replace(kaart, document=concealed(kaart.document, kaart.edition.shape, gone))

    def hidden_in(self, kaart: Stored) -> frozenset[str]:
        """The ids of the items of a revision that are shielded from this person: then, or now, or when they went."""
        newest = self._newest
        if newest is not None and newest.revision == kaart.revision:
            return self.hidden_now
        items = set(index(kaart.document, kaart.edition.shape))
        return self._of(kaart, frozenset(one for one in items if self._past.is_hidden(one)))

    def hides(self, item: str) -> bool:
        """Whether an item is shielded from this person now, or was when it went."""
        return self._past.is_hidden(item)

    def newest_items(self) -> frozenset[str]:
        """The ids of all items of the newest revision that is a card, also of those that are shielded."""
        newest = self._newest
        return frozenset(index(newest.document, newest.edition.shape)) if newest else frozenset()

    def may_hear(self, about: About, speaker: str, *, was_there: bool) -> bool:
        """Whether what somebody said about an item is for this person.

        Args:
            about: the item, as it was when that was said.
            speaker: the account of who said it.
            was_there: whether the item ever was on the card.
        """
        if was_there and self.hides(about.item):
            return False
        if not about.barred or speaker == self._actor.id:
            return True
        # From whom it was shielded then can have left the card since: a doubt hides.
        return not (self.mine & set(about.barred)) and set(about.barred) <= self.newest_items()

    @property
    def shape(self) -> Shape:
        """The fields of the newest revision that is a card."""
        return (self._newest.edition if self._newest else self.types.current).shape

    @cached_property
    def mine(self) -> set[str]:
        """The items of the newest revision that are this person."""
        return self._rows(self._newest.document) if self._newest else set()

    @cached_property
    def surely_mine(self) -> set[str]:
        """The items of the newest revision that are this person by the link of a role, else by the very name."""
        known = members(self._newest.document, self._desk.types.display) if self._newest else []
        own = match_key(self._actor.name, self._actor.organisation)
        return {one.item for one in known if one.item in self._linked} or {one.item for one in known if one.key == own}

    def _of(self, kaart: Stored, also: frozenset[str] = frozenset()) -> frozenset[str]:
        shape = kaart.edition.shape
        return hidden(kaart.document, shape, self._desk.types.roles.shield, self._rows(kaart.document), also)

    def _rows(self, document: Document) -> set[str]:
        """The items of a card that are this person."""
        display, actor = self._desk.types.display, self._actor
        known_as = ((actor.name, actor.organisation), *actor.former)
        return set().union(*(rows_of(document, display, *one, self._linked) for one in known_as))

    @cached_property
    def _now(self) -> Stored:
        try:
            return self._desk.kaarten.read(self.kaart_id)
        except RepositoryNotFound:
            raise NotFound(NO_CARD) from None

    @cached_property
    def _newest(self) -> Stored | None:
        """The newest revision that is a card, with all that it holds."""
        try:
            return self._now
        except InvalidRevision:
            return self._desk.kaarten.last_valid(self.kaart_id)

    @cached_property
    def hidden_now(self) -> frozenset[str]:
        """The ids of the items that are shielded from this person on the card as it is."""
        return self._of(self._newest) if self._newest else frozenset()

    @cached_property
    def _past(self) -> PastShields:
        newest, shielded = self._newest, self.hidden_now
        items = index(newest.document, newest.edition.shape) if newest else {}
        return PastShields(
            self._desk.types,
            {one: one in shielded for one in items},
            self._of,
            self._raw,
            lambda learn: self._desk.kaarten.look_back(self.kaart_id, learn),
            self._most,
        )

    def _raw(self, revision: str) -> Stored | None:
        try:
            return self._desk.kaarten.read(self.kaart_id, revision)
        except InvalidCard:
            return None


def view(desk: Desk, actor: Actor, kaart_id: str) -> View:
    """A card for a person who may read it.

    Raises:
        NotFound: there is no such card, or this person may not know that it is there.
        LogUnavailable: the log cannot be written.
        StoreError: the store fails.
    """
    desk.require(actor, rights.READ, kaart_id)
    return View(desk, actor, kaart_id, desk.access(kaart_id))


def unseen_in(
    desk: Desk, actor: Actor, document: Document, *, linked: Collection[str] = (), also: Collection[str] = ()
) -> frozenset[str]:
    """The ids of the items of a card that comes from elsewhere which are shielded from somebody here.

    Args:
        desk: what to work with.
        actor: who.
        document: the card.
        linked: professionals on it who are known to be this person.
        also: items that this person must not see for another reason.
    """
    known_as = ((actor.name, actor.organisation), *actor.former)
    mine = set().union(*(rows_of(document, desk.types.display, *one, linked) for one in known_as))
    return hidden(document, desk.types.edition_of(document).shape, desk.types.roles.shield, mine, also)
