"""What becomes of a proposal: taken over into the card, refused, withdrawn, or overtaken by what the card became."""

from collections.abc import Sequence
from dataclasses import replace

from app.content import Document
from app.content.clean import clean_text
from app.content.overleg import DECISION, OVERTAKEN, REFUSED, TAKEN, WITHDRAWN, Said
from app.content.overleg_state import Overleg
from app.services import rights
from app.services.actors import Actor
from app.services.awaited import awaited, on_now, require_none
from app.services.decided import decisions_unsaid, trailers_of
from app.services.desk import Desk
from app.services.errors import NotAllowed, NotFound
from app.services.hearing import changes_unseen
from app.services.overleg import heard, new_said, say
from app.services.proposing import change_of, clean_reason
from app.services.saving import Saved, held, save
from app.services.viewing import view
from app.services.wishing import wish_for
from app.storage.kaarten import KaartWriter
from app.storage.records import Author

_GONE = "Dit voorstel is er niet."
_DECIDED = "Over dit voorstel is al besloten."
_OWN = "Dit is uw eigen voorstel. Een ander beslist erover: zo kijken er altijd twee mensen naar."
_UNSEEN = "U ziet niet alles waar dit voorstel over gaat. Vraag iemand anders om het over te nemen."


def accept(
    desk: Desk, actor: Actor, kaart_id: str, said_id: str, content: Document | None = None, base: str = ""
) -> Saved:
    """Take over one item of a proposal: a save like every other, in the name of who proposed it.

    What others saved since it was proposed is kept. Where the card is already so, it is overtaken: nothing is saved.

    Args:
        desk: what to work with.
        actor: who takes it over.
        kaart_id: which card.
        said_id: the item of the proposal.
        content: the item as this person makes it of the proposal, such as after a conflict; None for as it is proposed.
        base: the revision that `content` goes on from.

    Raises:
        NotFound: this person knows of no such card or proposal.
        NotAllowed: this person may not change the card, proposed it, or somebody decided on it before.
        InvalidCard: it cannot be so on the card, or it points at what is itself only proposed; it stays open.
        Conflicted, StoreError: as `editing.save_item`; the proposal stays open.
    """
    said = _open(desk, actor, kaart_id, said_id, content)
    wanted, revision = content if content is not None else said.content, base or said.revision
    if wanted is not None:
        about = said.about[0]
        wanted, revision = on_now(view(desk, actor, kaart_id), about.section, about.item, wanted, revision)

    def changed(document: Document) -> Document:
        _open(desk, actor, kaart_id, said_id, content)  # with the card held: somebody may have decided meanwhile
        return change_of(desk, said, wanted)(document)

    def then(writer: KaartWriter, saved: Saved) -> None:
        verdict = TAKEN if saved.parts else OVERTAKEN
        begun = replace(new_said(desk, actor, DECISION), about=said.about, verdict=verdict, to=(said.id,))
        say(desk, writer, actor, [replace(begun, revision=saved.revision)])

    wish = wish_for(desk, actor, kaart_id, revision, said.text, changed, said.about[0].item)
    made = replace(wish, author=_author(desk, said), trailers=trailers_of(said, actor), then=then)
    return save(desk, made)


def refuse(desk: Desk, actor: Actor, kaart_id: str, said_ids: Sequence[str], reason: str) -> None:
    """Refuse items of proposals, with a reason; by somebody who may change the card.

    Raises:
        InvalidInput: there is no reason, or one that cannot be kept.
        NotFound, NotAllowed: as `accept`.
        StoreError: nothing was refused.
    """
    words = clean_reason(reason)
    with held(desk, kaart_id) as writer:
        desk.require(actor, rights.EDIT, kaart_id)
        found = _settled(desk, writer, actor, kaart_id)
        targets = [_still_open(found, actor, said_id, own=False) for said_id in said_ids]
        _decide(desk, writer, actor, targets, REFUSED, words)


def withdraw(desk: Desk, actor: Actor, kaart_id: str, said_ids: Sequence[str], reason: str = "") -> None:
    """Withdraw items of one's own proposal; raises as `refuse`, but needs no reason."""
    with held(desk, kaart_id) as writer:
        desk.require(actor, rights.PROPOSE, kaart_id)
        found = _settled(desk, writer, actor, kaart_id)
        targets = [_still_open(found, actor, said_id, own=True) for said_id in said_ids]
        _decide(desk, writer, actor, targets, WITHDRAWN, clean_text(reason))


def _decide(desk: Desk, writer: KaartWriter, actor: Actor, targets: Sequence[Said], verdict: str, words: str) -> None:
    """One decision for each: what is about one item is heard by who may see that item."""
    say(
        desk,
        writer,
        actor,
        [
            replace(new_said(desk, actor, DECISION), about=one.about, verdict=verdict, text=words, to=(one.id,))
            for one in targets
        ],
    )


def _settled(desk: Desk, writer: KaartWriter, actor: Actor, kaart_id: str) -> Overleg:
    """What was said, after it is said too what a program that died could not say any more."""
    seen = view(desk, actor, kaart_id)
    if unsaid := decisions_unsaid(desk, kaart_id, Overleg(writer.overleg().said)):
        say(desk, writer, actor, unsaid)
    return heard(desk, seen)


def _open(desk: Desk, actor: Actor, kaart_id: str, said_id: str, content: Document | None) -> Said:
    """An open item of a proposal that this person may take over as it is, or with this content."""
    seen = view(desk, actor, kaart_id)
    overleg = heard(desk, seen)
    said = _still_open(overleg, actor, said_id, own=False)
    if decisions_unsaid(desk, kaart_id, Overleg([said])):
        raise NotAllowed(_DECIDED)
    if changes_unseen(desk, seen, said_id):
        raise NotAllowed(_UNSEEN)
    if (wanted := content if content is not None else said.content) is not None:
        shape = desk.types.current.shape
        waiting = awaited(shape, overleg, said, wanted, seen.read().document)
        require_none(waiting, shape, said.about[0].section, wanted)
    return said


def _still_open(overleg: Overleg, actor: Actor, said_id: str, *, own: bool) -> Said:
    items = {one.said.id: (proposal, one) for proposal in overleg.proposals() for one in proposal.items}
    if said_id not in items:
        raise NotFound(_GONE)
    proposal, one = items[said_id]
    if one.decision is not None:
        raise NotAllowed(_DECIDED)
    if own != (proposal.by.account == actor.id):
        raise NotAllowed("Alleen wie een voorstel doet, trekt het in." if own else _OWN)
    return one.said


def _author(desk: Desk, said: Said) -> Author:
    """Who proposed it, as the history names authors; whose account is gone has no address any more."""
    known = desk.accounts.known()
    account = known.accounts.get(said.by.account)
    return Author(said.by.name, account.email if account else "", said.by.organisation)
