"""Saying something about a card, and hearing what was said: as far as each person may."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.content.items import index
from app.content.overleg import About, Said, in_order
from app.content.overleg_state import Judged, Overleg
from app.content.problems import InvalidCard
from app.content.reviewed import barred_from
from app.services.actors import Actor
from app.services.cataloguing import record
from app.services.desk import Desk
from app.services.errors import NO_CARD, NotFound
from app.services.hearing import heard_of
from app.services.owed import new_id
from app.services.viewing import View
from app.storage.errors import RepositoryNotFound
from app.storage.kaart_writer import KaartWriter
from app.storage.records import Stored
from app.storage.talks import Talk


def heard(desk: Desk, seen: View) -> Overleg:
    """What was said about a card, as far as this person may hear it.

    What is about a shielded item is heard by those alone who may see it now and could when it was said; of what is
    about other items too, those are left, without the words: they may be about the shielded one.

    Raises:
        NotFound: there is no such card.
        StoreError: the store fails.
    """
    try:
        talk = desk.kaarten.overleg(seen.kaart_id)
    except RepositoryNotFound:
        raise NotFound(NO_CARD) from None
    if desk.hearings is None:
        return heard_of(seen, talk.overleg)
    of = (*seen.mark, talk.revision)
    if of not in desk.hearings:
        desk.hearings[of] = heard_of(seen, talk.overleg)
    return desk.hearings[of]


def own_judgements(desk: Desk, actor: Actor, kaart_id: str) -> dict[str, Judged]:
    """The newest judgement of this person on each item, by id: also on what is shielded from him or her since.

    Raises as `heard`; whether this person may know of the card is for the caller to ask.
    """
    try:
        talk = desk.kaarten.overleg(kaart_id)
    except RepositoryNotFound:
        raise NotFound(NO_CARD) from None
    found = talk.overleg.judgements()
    return {item: one for (account, item), one in found.items() if account == actor.id}


def new_said(desk: Desk, actor: Actor, kind: str) -> Said:
    """The beginning of something that this person says now: `replace` puts in what."""
    return Said(new_id(desk), kind, desk.clock(), actor.speaker)


def say(desk: Desk, writer: KaartWriter, actor: Actor, said: Sequence[Said]) -> None:
    """Put what one person says beside the card, held by its writer; the right to say it was asked with the card held.

    Raises:
        NotSaid: the schema does not allow it; nothing was said.
        StoreError: nothing was said.
    """
    talk = writer.overleg()
    try:
        kaart = writer.read()
    except InvalidCard:
        kaart = None
    barred = _barred_by_now(desk, kaart, talk)
    told = [replace(one, about=tuple(_barred_too(each, barred) for each in one.about)) for one in said]
    writer.say(talk.revision, actor.author, in_order(talk.said, told))
    if kaart is not None:
        record(desk, writer, kaart)


def _barred_by_now(desk: Desk, kaart: Stored | None, talk: Talk) -> dict[str, set[str]]:
    """From whom each item is shielded by now; what is not on the card, from whom it ever was."""
    shield = desk.types.roles.shield
    found = barred_from(kaart.document, kaart.edition.shape, shield) if kaart else {}
    there = index(kaart.document, kaart.edition.shape) if kaart else {}
    for each in (each for one in talk.said for each in one.about if each.barred and each.item not in there):
        found.setdefault(each.item, set()).update(each.barred)
    return found


def _barred_too(about: About, barred: Mapping[str, set[str]]) -> About:
    return replace(about, barred=tuple(sorted({*about.barred, *barred.get(about.item, ())})))
