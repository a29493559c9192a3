"""The card repository: cards, revisions, authors and reasons. Nobody above it knows that git exists."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

from app.content import HEAD, Document
from app.content.card_type import CardType
from app.content.clean import MAX_BYTES
from app.content.forms import FILES, parse_form
from app.content.messages import SAVE, parse_message
from app.content.problems import InvalidCard, refuse
from app.storage.card_parts import access_in, access_part, form_of, save_parts
from app.storage.git_store import ROLES, TALK, Commit, GitStore, Part, Snapshot
from app.storage.judged import Judged
from app.storage.kaart_writer import KaartWriter
from app.storage.records import Access, InvalidRevision, NewAccess, NewSave, Passed, Save, Stored
from app.storage.saves import author_of, saves_of
from app.storage.talks import Talk, Talks
from app.storage.tombstones import Tombstone, read_tombstone

_Answer = TypeVar("_Answer")


class KaartRepository:
    """All cards of this installation."""

    def __init__(self, store: GitStore, types: CardType) -> None:
        """Cards of one type, kept in a store."""
        self._store = store
        self.types = types
        self._judged = Judged()
        self.talks = Talks(types.language)

    def ids(self) -> Iterator[str]:
        """Every card, by id."""
        return self._store.names()

    def exists(self, kaart_id: str) -> bool:
        """Whether there is a card of that id; any text may be asked."""
        return self._store.exists(kaart_id)

    def head(self, kaart_id: str) -> str:
        """The newest revision; raises `RepositoryNotFound` or a `StoreError`."""
        return self._store.head(kaart_id)

    def read(self, kaart_id: str, revision: str | None = None) -> Stored:
        """A card, as it is now or as it was.

        Raises:
            RepositoryNotFound: there is no such card.
            RevisionNotFound: it has no such revision.
            InvalidRevision: what is kept is not a card (written by another program).
            StoreError: the store fails.
        """
        snapshot = self._store.snapshot(kaart_id, revision, FILES.values(), MAX_BYTES)
        return self.stored(kaart_id, snapshot)

    def leads_to(self, kaart_id: str, revision: str) -> bool:
        """Whether a revision is the newest of a card, or one of those that led to it; raises as `head`."""
        return self._store.is_ancestor(kaart_id, revision, self._store.head(kaart_id))

    def access(self, kaart_id: str) -> Access:
        """Who has which role on a card now.

        Raises:
            RepositoryNotFound: there is no such card.
            StoreError: the store fails, or holds no roles where they should be: then nobody has one.
        """
        return access_in(kaart_id, self._store.newest(kaart_id, ROLES))

    def heads(self, kaart_id: str) -> tuple[str, str, str]:
        """The newest revisions of a card, of the roles on it and of what was said about it; raises as `head`."""
        roles, talk = self._store.heads_beside(kaart_id, ROLES, TALK)
        return self._store.head(kaart_id), roles or "", talk or ""

    def overleg(self, kaart_id: str) -> Talk:
        """All that was said about a card.

        Raises:
            RepositoryNotFound: there is no such card.
            StoreError: the store fails.
        """
        return self.talks.read(
            kaart_id,
            lambda: self._store.heads_beside(kaart_id, TALK)[0] or "",
            lambda known: self._store.newest(kaart_id, TALK, known),
        )

    def access_history(self, kaart_id: str, limit: int) -> list[Save]:
        """The changes of the roles on a card, newest first; raises as `access`."""
        return self._store.walk_beside(kaart_id, ROLES, lambda commits: list(islice(saves_of(commits), limit)))

    def history(self, kaart_id: str, limit: int | None = None) -> list[Save]:
        """The saves of a card, newest first, at most `limit`; raises as `read`."""
        return self.look_back(kaart_id, lambda saves: list(islice(saves, limit)))

    def look_back(
        self, kaart_id: str, work: Callable[[Iterator[Save]], _Answer], revision: str | None = None
    ) -> _Answer:
        """What `work` makes of the saves that lead to a revision, newest first; only those that it takes are read.

        Args:
            kaart_id: which card.
            work: may be called anew, from the newest.
            revision: where to start; the newest unless told.

        Raises:
            RepositoryNotFound, RevisionNotFound, StoreError: as `read`.
        """
        return self._store.walk(kaart_id, lambda commits: work(saves_of(commits)), revision)

    def last_valid(self, kaart_id: str) -> Stored | None:
        """The newest revision that is a card, or None; raises as `history`."""
        return self.look_back(kaart_id, lambda saves: self._first_valid(kaart_id, saves))

    def _first_valid(self, kaart_id: str, saves: Iterator[Save]) -> Stored | None:
        for save in saves:
            try:
                return self.read(kaart_id, save.revision)
            except InvalidCard:
                continue
        return None

    def create(self, kaart_id: str, save: NewSave, access: NewAccess) -> Stored:
        """Make a card of one or more parts, with the roles on it, whole or not at all.

        Raises:
            StoreError: nothing was made.
        """
        parts = save_parts(save, self.types)
        return self.saved(kaart_id, self._store.create(kaart_id, parts, [access_part(access)]), save, parts)

    def receive(
        self, source: GitStore, tip: str, kaart_id: str, saves: Sequence[NewSave], access: NewAccess, talk: Part | None
    ) -> Stored:
        """Make a card of a history that came in, with saves on top of it, roles and what was said; whole or not at all.

        Args:
            source: where the history is.
            tip: its newest revision.
            kaart_id: which card, there and here.
            saves: at least one.
            access: the roles on it.
            talk: what was said; None for nothing.

        Raises:
            StoreError: nothing was made.
        """
        parts = [part for save in saves for part in save_parts(save, self.types)]
        said = [talk] if talk else []
        revision = self._store.create(kaart_id, parts, [access_part(access)], (source, tip), said)
        return self.saved(kaart_id, revision, saves[-1], parts)

    def commits(self, kaart_id: str, revision: str | None = None) -> dict[str, tuple[str, ...]]:
        """Every commit that leads to a revision, the newest unless told, with its parents; each before its parents.

        Raises:
            RepositoryNotFound, RevisionNotFound, StoreError: as `read`.
        """
        return {one.revision: one.parents for one in self._store.log(kaart_id, revision)}

    def passed(self, kaart_id: str, revision: str, document: Document) -> Passed:
        """A commit, with another card in it, as it can be put on another history; raises as `read`."""
        snapshot = self._store.snapshot(kaart_id, revision, FILES.values(), MAX_BYTES)
        author, message = author_of(snapshot.commit.author, parse_message(snapshot.commit.message)), snapshot.commit
        return Passed(revision, document, message.message, author, message.when, form_of(list(snapshot.files)))

    @contextmanager
    def writing(self, kaart_id: str) -> Iterator[KaartWriter]:
        """The card for one writer at a time: read, merge and save within.

        Raises:
            RepositoryNotFound: there is no such card.
            Busy: another writer kept it too long.
        """
        with self._store.writing(kaart_id) as writer:
            yield KaartWriter(kaart_id, writer, self)

    def half_destroyed(self) -> list[str]:
        """The cards that are destroyed with bytes left; raises `StoreFailed`."""
        return self._store.hidden()

    def tombstone(self, kaart_id: str) -> Tombstone | None:
        """That of such a card; None where the removal of its bytes had begun.

        Raises:
            StoreError: it cannot be read.
        """
        note = self._store.note_of(kaart_id)
        return read_tombstone(note) if note else None

    def wipe(self, kaart_id: str) -> None:
        """Remove the bytes of a card that is destroyed; nothing where they are gone already. Raises as `head`."""
        self._store.wipe(kaart_id)

    def is_in_the_middle(self, kaart_id: str, commit: Commit) -> bool:
        """Whether the save that a commit belongs to goes on after it."""
        message = parse_message(commit.message)
        if message.is_last_part:
            return False
        following = [one for one in self._store.log(kaart_id) if commit.revision in one.parents]
        return any(parse_message(one.message).first(SAVE) == message.first(SAVE) for one in following)

    def stored(self, kaart_id: str, snapshot: Snapshot) -> Stored:
        """The card in a snapshot; raises `InvalidRevision`."""
        try:
            form = form_of(list(snapshot.files))
            data = snapshot.files[FILES[form]].data
            document, outdated = self._judged.get(data, form), False
            if document is None:
                document, outdated = parse_form(data, form, self.types)
                if not outdated:
                    self._judged.put(data, form, document)
            if document[HEAD]["id"] != kaart_id:
                raise refuse("Dit is de kaart met een ander nummer.", (HEAD, "id"))
        except InvalidCard as error:
            raise InvalidRevision(snapshot.revision, error) from error
        edition = self.types.edition_of(document)
        commit = snapshot.commit
        message = parse_message(commit.message)
        author = author_of(commit.author, message)
        return Stored(kaart_id, snapshot.revision, document, edition, form, outdated, commit.when, author, message)

    def saved(self, kaart_id: str, revision: str, save: NewSave, parts: Sequence[Part]) -> Stored:
        """The card after a save; remembered as judged, for nothing else gets as far as this."""
        document = save.parts[-1].document
        self._judged.put(parts[-1].files[FILES[save.form]] or b"", save.form, document)
        edition = self.types.edition_of(document)
        message = parse_message(parts[-1].message)
        author, outdated = author_of(parts[-1].author, message), False
        return Stored(kaart_id, revision, document, edition, save.form, outdated, save.when, author, message)
