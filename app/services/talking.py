"""Talking about an item of a card: all that was said of it, answering a question, a remark, a view of one's own."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.content import Document
from app.content.overleg import AGREED, ANSWER, DISAGREED, JUDGEMENT, QUESTION, REMARK, Said
from app.content.overleg_state import Asked, Overleg
from app.services import rights
from app.services.actors import Actor
from app.services.desk import Desk
from app.services.errors import NotAllowed, NotFound
from app.services.overleg import heard, new_said, say
from app.services.saving import Saved, held, new_item_id, save
from app.services.spoken import spoken
from app.services.viewing import View, view
from app.services.wishing import wish_for
from app.services.wordings import Wordings
from app.storage.records import Stored

TEXT = "tekst"
"""The field of what is said, in problems."""
_MISSING = "Schrijf hier iets op."
_NOT_THERE = "Dit onderdeel staat niet op de kaart."


@dataclass(frozen=True)
class Standing:
    """Where an item stands in the overleg.

    Attributes:
        agreed: how many people judged these words: akkoord.
        disagreed: how many judged them: niet akkoord.
        questions: how many questions stand open.
        before: how many judged it last before it was changed.
        said: how much was said of it in all.
    """

    agreed: int = 0
    disagreed: int = 0
    questions: int = 0
    before: int = 0
    said: int = 0


@dataclass(frozen=True)
class Thread:
    """All that was said of an item.

    Attributes:
        kaart: the card as it is, for this person.
        section: the key of the section of the item.
        item: the item as it is; None where it is not on the card any more, or not to be seen.
        said: oldest first.
        questions: the questions among them, by id.
        holding: the ids of the judgements that count for the words as they are now.
        standing: where it stands.
    """

    kaart: Stored
    section: str
    item: Document | None
    said: list[Said]
    questions: Mapping[str, Asked]
    holding: frozenset[str]
    standing: Standing


def standings(desk: Desk, actor: Actor, kaart_id: str) -> dict[str, Standing]:
    """Where each item stands of which anything was said; raises as `reading.read_card`."""
    seen = view(desk, actor, kaart_id)
    overleg = heard(desk, seen)
    return _standings(Wordings(desk, seen), overleg) if overleg.said else {}


def _standings(words: Wordings, overleg: Overleg) -> dict[str, Standing]:
    counts: dict[str, dict[str, int]] = {}
    for one in overleg.said:
        for item in one.items:
            of = counts.setdefault(item, dict.fromkeys(("agreed", "disagreed", "questions", "before", "said"), 0))
            of["said"] += 1
    for (_account, item), judged in overleg.judgements().items():
        kinds = {AGREED: "agreed", DISAGREED: "disagreed"}
        kind = kinds.get(judged.said.verdict) if words.holds(judged.about) else "before"
        if kind:
            counts[item][kind] += 1
    for asked in overleg.questions():
        for item in asked.said.items if asked.open else ():
            counts[item]["questions"] += 1
    return {item: Standing(**of) for item, of in counts.items()}


def thread(desk: Desk, actor: Actor, kaart_id: str, item: str) -> Thread:
    """All that was said of an item of a card, as far as this person may hear it.

    Raises:
        NotFound: there is no such card, or no such item for this person, and nothing was said of it.
        InvalidRevision, StoreError: as `reading.read_card`.
    """
    seen = view(desk, actor, kaart_id)
    words, overleg = Wordings(desk, seen), heard(desk, seen)
    said = overleg.thread(item)
    section, held_item = words.items.get(item, ("", None))
    if held_item is None and not said:
        raise NotFound(_NOT_THERE)
    section = section or next(about.section for about in said[0].about if about.item == item)
    holding = {
        one.id
        for one in said
        if one.kind == JUDGEMENT and all(words.holds(about) for about in one.about if about.item == item)
    }
    questions = {one.said.id: one for one in overleg.questions() if item in one.said.items}
    standing = _standings(words, overleg).get(item, Standing())
    return Thread(words.kaart, section, held_item, said, questions, frozenset(holding), standing)


def speak(desk: Desk, actor: Actor, kaart_id: str, item: str, text: str, to: str = "") -> None:
    """Say something of an item: an answer where `to` names a question about it, else a remark.

    Raises:
        InvalidInput: there are no words, too many, or signs that cannot be kept.
        NotFound: this person sees no such item or question.
        NotAllowed: this person may not.
        StoreError: nothing was said.
    """
    words = spoken(text, TEXT, _MISSING)
    with held(desk, kaart_id) as writer:
        desk.require(actor, rights.TALK, kaart_id, item)
        seen = view(desk, actor, kaart_id)
        overleg, now = heard(desk, seen), Wordings(desk, seen)
        question = overleg.get(to) if to else None
        if item not in now.items and item not in {one for said in overleg.said for one in said.items}:
            raise NotFound(_NOT_THERE)
        if to and (question is None or question.verdict != QUESTION or item not in question.items):
            raise NotFound("Deze vraag is er niet.")
        begun = new_said(desk, actor, ANSWER if to else REMARK)
        about = (now.about(item, _section(overleg.thread(item), item)),)
        said = replace(begun, revision=now.kaart.revision, about=about, text=words, to=(to,) if to else ())
        say(desk, writer, actor, [said])


def keep_own_view(desk: Desk, actor: Actor, kaart_id: str, item: str, text: str, base: str) -> Saved:
    """Put a deviating view of this person on the card, in his or her own words: an item that never changes.

    Raises:
        InvalidInput: there are no words, too many, or signs that cannot be kept.
        NotAllowed: this person may not, or is none of the professionals on the card.
        NotFound: this person sees no such item.
        Conflicted, StoreError: as `editing.save_card`.
    """
    where = desk.types.review.view
    if where is None:
        raise NotAllowed("Op deze kaart kunt u geen eigen visie bewaren.")
    words, seen = spoken(text, TEXT, _MISSING), view(desk, actor, kaart_id)
    if item not in Wordings(desk, seen).items:
        raise NotFound(_NOT_THERE)
    row = _own_row(seen)

    def changed(document: Document) -> Document:
        new = {"id": new_item_id(desk, desk.types.current.shape[where.section].prefix), where.by: row}
        new |= {where.about: item, where.text: words, **where.set}
        return {**document, where.section: [*document.get(where.section, ()), new]}

    wish = wish_for(desk, actor, kaart_id, base, "", changed, item)
    return save(desk, replace(wish, action=rights.OWN_VIEW))


def _own_row(seen: View) -> str:
    """Which item of the card this person is, without a doubt; raises `NotAllowed` where none is."""
    rows = sorted(seen.surely_mine)
    if not rows:
        raise NotAllowed(
            "U staat nog niet bij de professionals op deze kaart, of onder een andere naam. "
            "Vraag de dossierhouder u toe te voegen, of bij ‘Delen’ te zeggen wie u op de kaart bent."
        )
    return rows[0]


def _section(said: list[Said], item: str) -> str:
    return next((about.section for one in said for about in one.about if about.item == item), "")
