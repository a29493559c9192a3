"""What becomes of a proposal: taken over into the card, refused, withdrawn, or overtaken by what the card became."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.content import Document, Path
from app.content.changes import changes, same
from app.content.clean import clean
from app.content.items import find
from app.content.messages import PROPOSAL, PROPOSED_BY, TAKEN_BY
from app.content.overleg import DECISION, OVERTAKEN, REFUSED, TAKEN, WITHDRAWN, Said
from app.content.overleg_state import Overleg
from app.content.wanted import alone
from app.services import rights
from app.services.actors import Actor, signed_by
from app.services.awaited import awaited, on_now, require_none
from app.services.desk import Desk
from app.services.errors import NotAllowed, NotFound
from app.services.hearing import changes_unseen
from app.services.outcome import Saved
from app.services.overleg import heard, new_said, say
from app.services.proposing import REASON, change_of, clean_reason
from app.services.saving import held, save
from app.services.spoken import spoken
from app.services.viewing import View, view
from app.services.wishing import wish_for
from app.storage.kaart_writer import KaartWriter
from app.storage.records import Author, InvalidRevision

_GONE = "Dit voorstel is er niet."
_DECIDED = "Over dit voorstel is al besloten."
_OWN = "Dit is uw eigen voorstel. Een ander beslist erover: zo kijken er altijd twee mensen naar."
_UNSEEN = "U ziet niet alles waar dit voorstel over gaat. Vraag iemand anders om het over te nemen."


def accept(
    desk: Desk, actor: Actor, kaart_id: str, said_id: str, content: Document | None = None, base: str = ""
) -> Saved:
    """Take over one item of a proposal: a save like every other, in the name of who proposed it.

    Where it is taken over in other words, it is in the name of who does that: nobody gets words that are not his or
    hers. What others saved since it was proposed is kept. Where the card is already so, it is overtaken: nothing is
    saved.

    Args:
        desk: what to work with.
        actor: who takes it over.
        kaart_id: which card.
        said_id: the item of the proposal.
        content: the item as this person makes it of the proposal, such as after a conflict; None for as it is proposed.
        base: the revision that `content` goes on from.

    Raises:
        NotFound: this person knows of no such card or proposal.
        NotAllowed: this person may not change the card, proposed it, or somebody decided on it before; or `content` is
            another item.
        InvalidCard: it cannot be so on the card, or it points at what is itself only proposed; it stays open.
        Conflicted, StoreError: as `editing.save_item`; the proposal stays open.
    """
    said = _open(desk, actor, kaart_id, said_id, content)
    section, item = said.about[0].section, said.about[0].item
    if content is not None and content.get("id") != item:
        raise NotAllowed("Dit hoort niet bij dit voorstel.")
    seen, revision = view(desk, actor, kaart_id), base or said.revision
    wanted = said.content if content is None else content
    adapted = content is not None and _is_adapted(seen, said, content, revision)
    if wanted is not None:
        wanted, revision = on_now(seen, section, item, wanted, revision)

    def changed(document: Document) -> Document:
        _open(desk, actor, kaart_id, said_id, content)  # with the card held: somebody may have decided meanwhile
        return change_of(desk, said, wanted)(document)

    def then(writer: KaartWriter, saved: Saved) -> None:
        verdict = TAKEN if saved.parts else OVERTAKEN
        begun = replace(new_said(desk, actor, DECISION), about=said.about, verdict=verdict, to=(said.id,))
        say(desk, writer, actor, [replace(begun, revision=saved.revision, adapted=adapted and verdict == TAKEN)])

    wish = wish_for(desk, actor, kaart_id, revision, said.text, changed, item)
    trailers = [(PROPOSAL, said.id), (TAKEN_BY, signed_by(actor))]
    if adapted:
        return save(desk, replace(wish, trailers=[*trailers, (PROPOSED_BY, signed_by(said.by))], then=then))
    return save(desk, replace(wish, author=_author(desk, said), trailers=trailers, then=then))


def _is_adapted(seen: View, said: Said, content: Document, revision: str) -> bool:
    """Whether an item that is taken over holds words that were neither on the card nor proposed."""
    section, item = said.about[0].section, said.about[0].item

    def steps(start: str, wanted: Document | None) -> list[tuple[Path, Any]]:
        held_then = find(seen.read(start).document, (section, item))
        return [(one.path, one.new) for one in changes(alone(section, held_then), alone(section, wanted))]

    try:
        proposed, own = steps(said.revision, said.content), clean(content)
    except (NotFound, InvalidRevision):
        return not same(clean(content), said.content)
    return any(step not in proposed for step in steps(revision, own))


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
        found = heard(desk, view(desk, actor, kaart_id))
        targets = [_still_open(found, actor, said_id, own=False) for said_id in said_ids]
        _decide(desk, writer, actor, targets, REFUSED, words)


def withdraw(desk: Desk, actor: Actor, kaart_id: str, said_ids: Sequence[str], reason: str = "") -> None:
    """Withdraw items of one's own proposal; raises as `refuse`, but needs no reason."""
    with held(desk, kaart_id) as writer:
        desk.require(actor, rights.PROPOSE, kaart_id)
        found = heard(desk, view(desk, actor, kaart_id))
        targets = [_still_open(found, actor, said_id, own=True) for said_id in said_ids]
        _decide(desk, writer, actor, targets, WITHDRAWN, spoken(reason, REASON))


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


def _open(desk: Desk, actor: Actor, kaart_id: str, said_id: str, content: Document | None) -> Said:
    """An open item of a proposal that this person may take over as it is, or with this content."""
    seen = view(desk, actor, kaart_id)
    overleg = heard(desk, seen)
    said = _still_open(overleg, actor, said_id, own=False)
    if changes_unseen(desk, seen, said_id):
        raise NotAllowed(_UNSEEN)
    if (wanted := content if content is not None else said.content) is not None:
        shape = seen.shape
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
