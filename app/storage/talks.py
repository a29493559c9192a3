"""What people said about cards, as files on a branch beside each: read, remembered and written."""

import logging
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from threading import Lock

from app.content.messages import ORGANISATION, write_message
from app.content.overleg import Language, NotSaid, Said, file_name
from app.content.overleg_state import Overleg
from app.storage.git_store import Part, Signature, Snapshot, as_kept
from app.storage.records import Author

OURS = Signature("Veiligheidskaart", "kaarten@localhost")
"""Whose commits are that no person made."""
_log = logging.getLogger("kaarten.overleg")
_MOST_SAID = 100_000
"""So much said is remembered, of all cards together: some hundreds of bytes each."""


@dataclass(frozen=True)
class Talk:
    """All that was said about a card.

    Attributes:
        revision: which revision of it; empty where nothing was said yet.
        said: all of it, in no order.
        unread: the names of files that hold nothing that was said: another program put them there.
    """

    revision: str = ""
    said: tuple[Said, ...] = ()
    unread: tuple[str, ...] = ()

    @cached_property
    def overleg(self) -> Overleg:
        """All of it in order, with what follows from it; put in order once."""
        return Overleg(self.said)


@dataclass(frozen=True)
class _Known:
    talk: Talk = Talk()
    files: Mapping[str, tuple[str, Said | None]] = field(default_factory=dict)


class Talks:
    """What was said about the cards that were looked at last. For all threads of a process."""

    def __init__(self, language: Language) -> None:
        """Remember nothing yet."""
        self._language = language
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._lock = Lock()

    def read(self, kaart_id: str, tip: Callable[[], str], newest: Callable[[Collection[str]], Snapshot | None]) -> Talk:
        """All that was said about a card; where nothing was said since, no file is looked for.

        Args:
            kaart_id: which card.
            tip: gives which revision the newest is; empty where nothing was said yet.
            newest: gives the newest revision, without the bytes of files whose blob ids it is given.
        """
        with self._lock:
            known = self._known.get(kaart_id, _Known())
        if tip() == known.talk.revision:
            return known.talk
        snapshot = newest({blob for blob, _ in known.files.values()})
        if snapshot is None:
            return Talk()
        files: dict[str, tuple[str, Said | None]] = {}
        for name, file in snapshot.files.items():
            before = known.files.get(name)
            if before is not None and before[0] == file.blob_id:
                files[name] = before
            else:
                files[name] = (file.blob_id, self._read(kaart_id, name, file.data))
        unread = tuple(sorted(name for name, (_, said) in files.items() if said is None))
        talk = Talk(snapshot.revision, tuple(said for _, said in files.values() if said), unread)
        self._keep(kaart_id, _Known(talk, files))
        return talk

    def part(self, author: Author, said: Sequence[Said]) -> Part:
        """The commit of what one person says at once.

        Raises:
            NotSaid: the schema does not allow it.
        """
        files: dict[str, bytes | None] = {file_name(one.id): self._language.write(one) for one in said}
        subject = f"Overleg: {', '.join(dict.fromkeys(one.kind for one in said))}"
        return Part(
            files,
            write_message(subject, "", [(ORGANISATION, author.organisation)]),
            as_kept(Signature(author.name, author.email)),
            said[-1].moment,
        )

    def heard(self, said: Sequence[Said], when: datetime) -> Part:
        """The commit of what was said elsewhere.

        Raises:
            NotSaid: the schema does not allow it.
        """
        files: dict[str, bytes | None] = {file_name(one.id): self._language.write(one) for one in said}
        return Part(files, write_message("Overleg: van elders", "", []), OURS, when)

    def _read(self, kaart_id: str, name: str, data: bytes) -> Said | None:
        try:
            return self._language.read(name, data)
        except NotSaid:
            _log.warning("not read: %s: %s", kaart_id, name)
            return None

    def _keep(self, kaart_id: str, known: _Known) -> None:
        with self._lock:
            self._known[kaart_id] = known
            self._known.move_to_end(kaart_id)
            while len(self._known) > 1 and sum(len(one.files) for one in self._known.values()) > _MOST_SAID:
                self._known.popitem(last=False)
