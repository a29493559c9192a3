"""One card, held by one writer: read, merge and save within."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import accumulate
from typing import TYPE_CHECKING

from app.content.clean import MAX_BYTES
from app.content.forms import FILES
from app.content.messages import write_message
from app.content.overleg import Said
from app.storage.card_parts import access_in, access_part, passed_part, save_parts
from app.storage.errors import RevisionNotFound
from app.storage.git_store import ROLES, SENT, TALK, GitStore, Part, Writer
from app.storage.records import Access, Author, NewAccess, NewSave, Passed, Stored
from app.storage.talks import OURS, Talk
from app.storage.tombstones import Tombstone, write_tombstone

if TYPE_CHECKING:
    from app.storage.kaarten import KaartRepository


class KaartWriter:
    """One card, held by one writer; `KaartRepository.writing` gives one.

    Attributes:
        kaart_id: which card.
    """

    def __init__(self, kaart_id: str, writer: Writer, kaarten: "KaartRepository") -> None:
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
        return access_in(self.kaart_id, self._writer.newest(ROLES))

    def save_access(self, expected: str, access: NewAccess) -> Access:
        """Change the roles on the card; the roles after it.

        Raises:
            Moved: they are not at the expected revision.
            StoreError: nothing was changed.
        """
        self._writer.commit_on(ROLES, expected or None, [access_part(access)])
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
            save_parts(one, self._kaarten.types)
            if isinstance(one, NewSave)
            else [passed_part(one, self._kaarten.types)]
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
        part = Part({name: data}, write_message("Verzonden", "", []), OURS, when)
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
        parts = save_parts(save, self._kaarten.types)
        revision = self._writer.commit(expected, parts)[-1]
        return self._kaarten.saved(self.kaart_id, revision, save, parts)
