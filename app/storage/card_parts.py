"""What is kept of a card, its saves and its roles, as files of commits; and read from those."""

from collections.abc import Sequence

from app.content.card_type import CardType
from app.content.forms import FILES, sealed, write_form
from app.content.grants import read_grants, write_grants
from app.content.handovers import NONE, read_handovers, write_handovers
from app.content.keeping import read_keeps, write_keeps
from app.content.messages import ORGANISATION, PART, SAVE, write_message
from app.content.problems import refuse
from app.storage.errors import translated
from app.storage.git_store import Part, Signature, Snapshot, as_kept
from app.storage.records import Access, NewAccess, NewSave, Passed

_GRANTS, _HANDOVERS, _KEEPS = "toegang.json", "overdrachten.json", "bewaren.json"


def save_parts(save: NewSave, types: CardType) -> list[Part]:
    """The commits of a save.

    Raises:
        InvalidCard: the card could not be read back as it is.
    """
    total = len(save.parts)
    files: dict[str, bytes | None] = {name: None for form, name in FILES.items() if form != save.form}
    author = as_kept(Signature(save.author.name, save.author.email))
    return [
        Part(
            # Those in between are made of whole items of two cards that can be read back.
            {
                **files,
                FILES[save.form]: (sealed if number == total else write_form)(part.document, save.form, types),
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


def passed_part(passed: Passed, types: CardType) -> Part:
    """A commit that was made elsewhere, to be put on the history here."""
    files: dict[str, bytes | None] = {name: None for form, name in FILES.items() if form != passed.form}
    files[FILES[passed.form]] = write_form(passed.document, passed.form, types)
    author = as_kept(Signature(passed.author.name, passed.author.email))
    return Part(files, passed.message, author, passed.when)


def access_in(kaart_id: str, snapshot: Snapshot | None) -> Access:
    """The roles in a revision of their branch; none where there is none.

    Raises:
        StoreDamaged: it holds no roles: then nobody has one.
    """
    if snapshot is None:
        return Access()
    with translated(f"roles on {kaart_id}"):
        file = snapshot.files.get(_HANDOVERS)
        handovers = read_handovers(file.data) if file else NONE
        kept = snapshot.files.get(_KEEPS)
        keeps = read_keeps(kept.data) if kept else ()
        return Access(snapshot.revision, read_grants(snapshot.files[_GRANTS].data), handovers, keeps)


def access_part(access: NewAccess) -> Part:
    """The commit of a change of the roles."""
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


def form_of(names: Sequence[str]) -> str:
    """The written form that a card is kept in, by the names of its files.

    Raises:
        InvalidCard: there is none, or more than one.
    """
    forms = [form for form, name in FILES.items() if name in names]
    if len(forms) == 1:
        return forms[0]
    both = "Er staan twee bestanden: kaart.json en kaart.md. Welke geldt is niet te zeggen."
    raise refuse(both if forms else "Er is geen bestand kaart.json of kaart.md.")
