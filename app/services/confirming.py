"""Four eyes: asking for a second person, and what that one says. The same person never does both."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.content import Document
from app.content.items import find
from app.content.messages import CONFIRMED_BY, REQUEST
from app.content.overleg import CONFIRMATION, CONFIRMED, NOT_CONFIRMED, WITHDRAWN, Said
from app.content.workflow import BEFORE, LIFT
from app.services import destroying, rights
from app.services.actors import Actor, actor_of, signed_by
from app.services.desk import Desk
from app.services.editing import step_wish
from app.services.errors import InvalidInput, NotAllowed, NotFound
from app.services.hearing import changes_unseen
from app.services.outcome import Saved, Wish
from app.services.overleg import heard, new_said, say
from app.services.owed import about_of, confirming_roles, new_request
from app.services.proposing import REASON, clean_reason
from app.services.saving import held, prospect, save
from app.services.second_person import opens
from app.services.spoken import spoken
from app.services.viewing import view
from app.services.wishing import wish_for, with_item
from app.storage.access_log import Event
from app.storage.kaart_writer import KaartWriter
from app.storage.records import Stored
from app.storage.tombstones import Tombstone

_GONE = "Dit verzoek is er niet."
_DECIDED = "Over dit verzoek is al besloten."
_OWN = "U vroeg dit zelf. Een ander bevestigt het: zo kijken er altijd twee mensen naar."
_NEW = "Uw rol op deze kaart is van na dit verzoek. Laat iemand bevestigen die er toen al was, of vraag het opnieuw."

_NOT_THERE = "Dit staat niet op de kaart. Zet het eerst terug zoals het was afgeschermd."
_ALONE = "Dit bevestigt u apart: er verandert dan iets op de kaart."
_MOVED = "De kaart is gewijzigd terwijl u dit las. Kijk nog eens, en bevestig dan."


def ask_step(desk: Desk, actor: Actor, kaart_id: str, name: str, base: str, reason: str) -> Said:
    """Ask for a second person for a step of the workflow that needs one before.

    Raises:
        InvalidInput: there is no reason, or one that cannot be kept.
        InvalidCard, NotAllowed, NotFound, Conflicted: as `editing.transition`; or it was asked already.
        StoreError: nothing was asked.
    """
    words = clean_reason(reason)
    with held(desk, kaart_id) as writer:
        step = desk.types.workflow.transitions.get(name)
        if step is None or step.second != BEFORE:
            raise NotAllowed("Voor deze stap is geen tweede persoon nodig.")
        seen = view(desk, actor, kaart_id)
        current, _document = prospect(desk, step_wish(desk, actor, kaart_id, name, base, words), seen)
        overleg = heard(desk, seen)
        if any(one.open and one.said.step == name for one in overleg.requests()):
            raise NotAllowed("Dit is al gevraagd. Een tweede persoon moet het nog bevestigen.")
        said = replace(new_request(desk, actor.speaker, current, name), text=words)
        say(desk, writer, actor, [said])
    return said


def ask_item(
    desk: Desk, actor: Actor, kaart_id: str, section: str, item: dict[str, Any], base: str, reason: str
) -> Said:
    """Ask for a second person for a change of an item that opens to somebody what he or she was not to see.

    Raises:
        InvalidInput: there is no reason, or one that cannot be kept.
        InvalidCard, NotAllowed, NotFound, Conflicted: as `editing.save_item`; or it opens nothing.
        StoreError: nothing was asked.
    """
    words, act = clean_reason(reason), desk.types.workflow.act(LIFT)
    with held(desk, kaart_id) as writer:
        seen, identity = view(desk, actor, kaart_id), str(item["id"])
        wish = wish_for(desk, actor, kaart_id, base, "", with_item(desk, section, item), identity)
        current, document = prospect(desk, wish, seen)
        if find(current.document, (section, identity)) is None:
            raise NotAllowed(_NOT_THERE)
        if act is None or not opens(desk, current, document):
            raise NotAllowed("Hiervoor is geen tweede persoon nodig: u kunt het zelf bewaren.")
        about = (about_of(desk, current, section, identity, document),)
        content = find(document, (section, identity))
        said = replace(new_request(desk, actor.speaker, current, act.name), about=about, content=content, text=words)
        say(desk, writer, actor, [said])
    return said


def confirm(
    desk: Desk, actor: Actor, kaart_id: str, request_id: str, remark: str = "", looked: str = "", word: str = ""
) -> Saved | Tombstone | None:
    """Confirm what somebody else asked; what waited for it is done in one go, in the name of who asked.

    Everything is judged anew, with the card held: whether both still may, and whether it still can be.

    Args:
        desk: what to work with.
        actor: who confirms.
        kaart_id: which card.
        request_id: what was asked.
        remark: what this person says with it; may be empty.
        looked: the revision of the card that this person had on the screen; whatever it is now where that is empty.
        word: what this person typed to have the card destroyed: what that is called in workflow.json.

    Returns:
        What became of the save, or what is left of the card; None where it was done before already.

    Raises:
        NotFound: this person knows of no such card or request.
        NotAllowed: this person asked it, may not confirm, or somebody decided on it; or it cannot be any more.
        InvalidInput: the remark cannot be kept; or the card would be destroyed, and the word is another.
        Conflicted, InvalidCard, StoreError: as `editing.save_item`; the request stays open.
    """
    words = spoken(remark, REASON)
    said = _open(desk, actor, kaart_id, request_id)
    if destroying.is_to_destroy(desk, said):
        return _destroyed(desk, actor, kaart_id, said, looked, word)
    if said.done:
        with held(desk, kaart_id) as writer:
            desk.require(actor, rights.CONFIRM, kaart_id)
            _open(desk, actor, kaart_id, request_id)
            say(desk, writer, actor, [_answer(desk, actor, said, CONFIRMED, words)])
        return None
    if said.content is not None and changes_unseen(desk, view(desk, actor, kaart_id), request_id):
        raise NotAllowed("U ziet niet alles waar dit over gaat. Vraag iemand anders om het te bevestigen.")
    asker = _asker(desk, said)
    wish = _wish_of(desk, asker, kaart_id, said)
    able = rights.EDIT if said.content is not None else rights.TRANSITION

    def wanted(document: Document) -> Document:
        _open(desk, actor, kaart_id, request_id)
        current = _unmoved(desk, kaart_id, looked)
        if not desk.may(asker, able, current, wish.of):
            raise NotAllowed(f"{said.by.name} mag dit nu niet meer doen. Vraag het opnieuw.")
        return wish.wanted(document)

    def then(writer: KaartWriter, saved: Saved) -> None:
        answer = _answer(desk, actor, said, CONFIRMED, words)
        say(desk, writer, actor, [replace(answer, revision=saved.revision)])

    trailers = ((REQUEST, said.id), (CONFIRMED_BY, signed_by(actor)))
    made = replace(wish, actor=actor, action=rights.CONFIRM, author=asker.author, wanted=wanted)
    return save(desk, replace(made, trailers=trailers, then=then, confirmed=True))


def _destroyed(desk: Desk, actor: Actor, kaart_id: str, said: Said, looked: str, word: str) -> Tombstone:
    if word.strip().casefold() != said.step:
        raise InvalidInput({destroying.WORD: f"Typ het woord ‘{said.step}’. Zo gaat er geen kaart per ongeluk weg."})

    def still() -> Stored:
        desk.require(actor, rights.CONFIRM, kaart_id)
        _open(desk, actor, kaart_id, said.id)
        return _unmoved(desk, kaart_id, looked)

    return destroying.carry_out(desk, actor, _asker(desk, said), kaart_id, said, still)


def _unmoved(desk: Desk, kaart_id: str, looked: str) -> Stored:
    """The card as it is now, where that is what this person had on the screen."""
    current = desk.kaarten.read(kaart_id)
    if looked and current.revision != looked:
        raise NotAllowed(_MOVED)
    return current


def answer_all(
    desk: Desk, actor: Actor, kaart_id: str, request_ids: Sequence[str], verdict: str, words: str
) -> dict[str, str]:
    """Answer more than one request for what was done already, in one go; each is judged as `confirm` judges one.

    Args:
        desk: what to work with.
        actor: who answers.
        kaart_id: which card.
        request_ids: what was asked.
        verdict: `CONFIRMED` or `NOT_CONFIRMED`.
        words: what this person says with it; a reason where the verdict is `NOT_CONFIRMED`.

    Returns:
        Why not, for each that this person cannot answer so; all others are answered.

    Raises:
        NotFound: this person knows of no such card.
        InvalidInput: a reason is missing.
        StoreError: nothing was said.
    """
    text = clean_reason(words) if verdict == NOT_CONFIRMED else spoken(words, REASON)
    refused, answers = dict[str, str](), list[Said]()
    with held(desk, kaart_id) as writer:
        desk.require(actor, rights.CONFIRM, kaart_id)
        for identity in dict.fromkeys(request_ids):
            try:
                said = _open(desk, actor, kaart_id, identity)
            except (NotAllowed, NotFound) as refusal:
                refused[identity] = str(refusal)
                continue
            if said.done:
                answers.append(_answer(desk, actor, said, verdict, text))
            else:
                refused[identity] = _ALONE
        if answers:
            say(desk, writer, actor, answers)
    return refused


def refuse(desk: Desk, actor: Actor, kaart_id: str, request_id: str, reason: str) -> None:
    """Say that one does not confirm it, and why; what was done already stays done. Raises as `confirm`."""
    _said(desk, actor, kaart_id, request_id, NOT_CONFIRMED, clean_reason(reason))


def withdraw(desk: Desk, actor: Actor, kaart_id: str, request_id: str) -> None:
    """Take back what one asked; what was done already is not taken back so. Raises as `confirm`."""
    _said(desk, actor, kaart_id, request_id, WITHDRAWN, "")


def _said(desk: Desk, actor: Actor, kaart_id: str, request_id: str, verdict: str, words: str) -> None:
    with held(desk, kaart_id) as writer:
        desk.require(actor, rights.CONFIRM, kaart_id)
        said = _open(desk, actor, kaart_id, request_id, own=verdict == WITHDRAWN)
        if said.done and verdict == WITHDRAWN:
            raise NotAllowed("Dit is al gedaan. Een tweede persoon kijkt het nog na.")
        say(desk, writer, actor, [_answer(desk, actor, said, verdict, words)])


def _open(desk: Desk, actor: Actor, kaart_id: str, request_id: str, *, own: bool = False) -> Said:
    """A request that still waits, for somebody who may answer it; or for who asked it, where that is wanted."""
    overleg = heard(desk, view(desk, actor, kaart_id))
    asked = next((one for one in overleg.requests() if one.said.id == request_id), None)
    if asked is None:
        raise NotFound(_GONE)
    if not asked.open:
        raise NotAllowed(_DECIDED)
    if own != (asked.said.by.account == actor.id):
        raise _refused(desk, actor, kaart_id, request_id, "Alleen wie dit vroeg, trekt het in." if own else _OWN)
    if not own and _is_new(desk, actor, kaart_id, asked.said):
        raise _refused(desk, actor, kaart_id, request_id, _NEW)
    return asked.said


def _refused(desk: Desk, actor: Actor, kaart_id: str, request_id: str, sentence: str) -> NotAllowed:
    """Why somebody who may confirm may not confirm this; the log has a line of it."""
    kind = rights.KINDS[rights.CONFIRM]
    desk.tell(actor, Event(rights.CONFIRM, kind, "geweigerd", desk.clock(), kaart=kaart_id, item=request_id))
    return NotAllowed(sentence)


def _is_new(desk: Desk, actor: Actor, kaart_id: str, said: Said) -> bool:
    """Whether this person could not confirm when it was asked: whoever gave the role since, it does not count.

    Where something was done while nobody else could look at it yet, whoever comes first may.
    """
    if said.done and not said.seconds:
        return False
    return not any(one.id in said.seconds for one in confirming_roles(desk, kaart_id, actor.subjects))


def _asker(desk: Desk, said: Said) -> Actor:
    known = desk.accounts.known()
    account = known.accounts.get(said.by.account)
    if account is None or not account.active:
        raise NotAllowed(f"{said.by.name} werkt hier niet meer. Vraag het opnieuw.")
    return actor_of(account, known)


def _wish_of(desk: Desk, asker: Actor, kaart_id: str, said: Said) -> Wish:
    if said.content is None:
        return step_wish(desk, asker, kaart_id, said.step, said.revision, said.text)
    about = said.about[0]
    return wish_for(
        desk, asker, kaart_id, said.revision, said.text, with_item(desk, about.section, said.content), about.item
    )


def _answer(desk: Desk, actor: Actor, said: Said, verdict: str, words: str) -> Said:
    return replace(new_said(desk, actor, CONFIRMATION), verdict=verdict, text=words, to=(said.id,), about=said.about)
