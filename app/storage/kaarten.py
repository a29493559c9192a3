"""The card repository: cards, revisions, authors and reasons. Nobody above it knows that git exists."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from itertools import accumulate, islice
from typing import TypeVar

from app.content import HEAD, Document
from app.content.card_type import CardType
from app.content.clean import MAX_BYTES
from app.content.forms import FILES, parse_form, sealed, write_form
from app.content.grants import read_grants, write_grants
from app.content.handovers import NONE, read_handovers, write_handovers
from app.content.keeping import read_keeps, write_keeps
from app.content.messages import ORGANISATION, PART, SAVE, parse_message, write_message
from app.content.overleg import Said
from app.content.problems import InvalidCard, refuse
from app.storage.errors import RevisionNotFound, translated
from app.storage.git_store import ROLES, SENT, TALK, Commit, GitStore, Part, Signature, Snapshot, Writer, as_kept
from app.storage.judged import Judged
from app.storage.records import Access, Author, InvalidRevision, NewAccess, NewSave, Passed, Save, Stored
from app.storage.saves import author_of, saves_of
from app.storage.talks import Talk, Talks
from app.storage.tombstones import Tombstone, read_tombstone, write_tombstone

_Answer = TypeVar("_Answer")
_OURS = Signature("Veiligheidskaart", "kaarten@localhost")
_GRANTS, _HANDOVERS, _KEEPS = "toegang.json", "overdrachten.json", "bewaren.json"


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

    def access(self, kaart_id: str) -> Access:
        """Who has which role on a card now.

        Raises:
            RepositoryNotFound: there is no such card.
            StoreError: the store fails, or holds no roles where they should be: then nobody has one.
        """
        return _access(kaart_id, self._store.newest(kaart_id, ROLES))

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
        parts = self.parts(save)
        return self.saved(kaart_id, self._store.create(kaart_id, parts, [_access_part(access)]), save, parts)

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
        parts = [part for save in saves for part in self.parts(save)]
        said = [talk] if talk else []
        revision = self._store.create(kaart_id, parts, [_access_part(access)], (source, tip), said)
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
        return Passed(revision, document, message.message, author, message.when, _form_of(list(snapshot.files)))

    @contextmanager
    def writing(self, kaart_id: str) -> Iterator["KaartWriter"]:
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
            form = _form_of(list(snapshot.files))
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

    def parts(self, save: NewSave) -> list[Part]:
        """The commits of a save, as files."""
        total = len(save.parts)
        files: dict[str, bytes | None] = {name: None for form, name in FILES.items() if form != save.form}
        author = as_kept(Signature(save.author.name, save.author.email))
        return [
            Part(
                # Those in between are made of whole items of two cards that can be read back.
                {
                    **files,
                    FILES[save.form]: (sealed if number == total else write_form)(part.document, save.form, self.types),
                },
                write_message(
                    part.subject,
                    save.reason,
                    [
                        *part.trailers,
                        (ORGANISATION, save.author.organisation),
                        (SAVE, save.id),
                        (PART, f"{number}/{total}"),
                    ],
                ),
                author,
                save.when,
            )
            for number, part in enumerate(save.parts, 1)
        ]


class KaartWriter:
    """One card, held by one writer; `KaartRepository.writing` gives one.

    Attributes:
        kaart_id: which card.
    """

    def __init__(self, kaart_id: str, writer: Writer, kaarten: KaartRepository) -> None:
        self.kaart_id, self._writer, self._kaarten = kaart_id, writer, kaarten

    def read(self, revision: str | None = None) -> Stored:
        """The card now, or the revision that somebody started from.

        Raises:
            RevisionNotFound: there is none, or it is in the middle of a save.
            InvalidRevision: what is kept is not a card.
        """
        snapshot = self._writer.snapshot(revision, FILES.values(), MAX_BYTES)
        if revision is not None and self._kaarten.is_in_the_middle(self.kaart_id, snapshot.commit):
            raise RevisionNotFound(revision)
        return self._kaarten.stored(self.kaart_id, snapshot)

    def access(self) -> Access:
        """As `KaartRepository.access`."""
        return _access(self.kaart_id, self._writer.newest(ROLES))

    def save_access(self, expected: str, access: NewAccess) -> Access:
        """Change the roles on the card; the roles after it.

        Raises:
            Moved: they are not at the expected revision.
            StoreError: nothing was changed.
        """
        self._writer.commit_on(ROLES, expected or None, [_access_part(access)])
        return self.access()

    def overleg(self) -> Talk:
        """As `KaartRepository.overleg`."""
        return self._kaarten.overleg(self.kaart_id)

    def say(self, expected: str, author: Author, said: Sequence[Said]) -> str:
        """Put what one person says about the card beside it, in one commit; the revision after it.

        Args:
            expected: the revision of what was said, as it was read.
            author: who says it.
            said: all that is said at once; at least one.

        Raises:
            NotSaid: the schema does not allow it; nothing was said.
            Moved: somebody pushed meanwhile.
            StoreError: nothing was said.
        """
        part = self._kaarten.talks.part(author, said)
        return self._writer.commit_on(TALK, expected or None, [part])[-1]

    def hear(self, expected: str, said: Sequence[Said], when: datetime) -> str:
        """Put beside the card what was said of it elsewhere, in one commit of this installation; the revision after it.

        Raises as `say`.
        """
        return self._writer.commit_on(TALK, expected or None, [self._kaarten.talks.heard(said, when)])[-1]

    def take(self, source: GitStore, tip: str) -> None:
        """Copy a revision of this card from elsewhere, with all that led to it; nobody sees it yet.

        Raises:
            StoreError: the disk refused; what was copied stays unseen.
        """
        self._writer.take(source, self.kaart_id, tip)

    def aside(self, base: str, entries: Sequence[NewSave | Passed], merging: str = "") -> list[str]:
        """Write saves on a revision without moving the card to them; the last revision of each.

        Args:
            base: the revision that they are put on.
            entries: the saves, the oldest first.
            merging: another revision that the first of them brings in.

        Raises:
            StoreError: nothing can be seen of it.
        """
        chains = [
            self._kaarten.parts(one) if isinstance(one, NewSave) else [_passed_part(one, self._kaarten)]
            for one in entries
        ]
        parts = [part for chain in chains for part in chain]
        if merging:
            parts[0] = replace(parts[0], besides=(merging,))
        made, ends = self._writer.aside(base, parts), list(accumulate(len(chain) for chain in chains))
        return [made[end - 1] for end in ends]

    def land(self, expected: str, revision: str) -> Stored:
        """Move the card to a revision that was written aside and descends from the one where it is.

        Raises:
            Moved: it is elsewhere.
            StoreError: it is where it was.
        """
        self._writer.commit(expected, [], start=revision)
        return self.read()

    def note(self, name: str, data: bytes, when: datetime) -> None:
        """Keep a file of what went along to others; raises `StoreError`."""
        before = self._writer.newest(SENT)
        part = Part({name: data}, write_message("Verzonden", "", []), _OURS, when)
        self._writer.commit_on(SENT, before.revision if before else None, [part])

    def destroy(self, stone: Tombstone) -> None:
        """Take the card out of everybody's sight, with its history, its roles and what was said; there is no way back.

        Its bytes are there until `KaartRepository.wipe`.

        Raises:
            StoreError: it is as it was; in doubt (`SaveInDoubt`) it is out of sight.
        """
        self._writer.destroy(write_tombstone(stone))

    def save(self, expected: str, save: NewSave) -> Stored:
        """Make the commits of a save on the expected revision; the card after it.

        Raises:
            Moved: an ordinary git client moved the branch meanwhile.
            StoreError: nothing was saved.
        """
        parts = self._kaarten.parts(save)
        revision = self._writer.commit(expected, parts)[-1]
        return self._kaarten.saved(self.kaart_id, revision, save, parts)


def _passed_part(passed: Passed, kaarten: KaartRepository) -> Part:
    files: dict[str, bytes | None] = {name: None for form, name in FILES.items() if form != passed.form}
    files[FILES[passed.form]] = write_form(passed.document, passed.form, kaarten.types)
    author = as_kept(Signature(passed.author.name, passed.author.email))
    return Part(files, passed.message, author, passed.when)


def _access(kaart_id: str, snapshot: Snapshot | None) -> Access:
    if snapshot is None:
        return Access()
    with translated(f"roles on {kaart_id}"):
        file = snapshot.files.get(_HANDOVERS)
        handovers = read_handovers(file.data) if file else NONE
        kept = snapshot.files.get(_KEEPS)
        keeps = read_keeps(kept.data) if kept else ()
        return Access(snapshot.revision, read_grants(snapshot.files[_GRANTS].data), handovers, keeps)


def _access_part(access: NewAccess) -> Part:
    organisation = [(ORGANISATION, access.author.organisation)]
    files: dict[str, bytes | None] = {_GRANTS: write_grants(access.grants)}
    if access.handovers is not None:
        files[_HANDOVERS] = write_handovers(access.handovers)
    if access.keeps is not None:
        files[_KEEPS] = write_keeps(access.keeps)
    return Part(
        files,
        write_message(access.subject, access.reason, organisation),
        as_kept(Signature(access.author.name, access.author.email)),
        access.when,
    )


def _form_of(names: Sequence[str]) -> str:
    forms = [form for form, name in FILES.items() if name in names]
    if len(forms) == 1:
        return forms[0]
    both = "Er staan twee bestanden: kaart.json en kaart.md. Welke geldt is niet te zeggen."
    raise refuse(both if forms else "Er is geen bestand kaart.json of kaart.md.")
