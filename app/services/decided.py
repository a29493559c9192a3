"""What the card itself tells: a save names what it carried out of what was said, also when nobody could say so."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from app.content.messages import PROPOSAL, TAKEN_BY
from app.content.overleg import DECISION, TAKEN, Said, Speaker
from app.content.overleg_state import Overleg
from app.services.actors import Actor, signed_by, speaker_in
from app.services.desk import Desk
from app.services.overleg import new_said
from app.storage.records import Save


def trailers_of(said: Said, actor: Actor) -> Sequence[tuple[str, str]]:
    """What the save that takes over a proposal says of it: which one, and who took it over."""
    return ((PROPOSAL, said.id), (TAKEN_BY, signed_by(actor)))


def taken_unsaid(desk: Desk, kaart_id: str, overleg: Overleg) -> Mapping[str, Speaker]:
    """The open proposals that a save took over while nobody could say so any more: the program died in between.

    Only the saves since the oldest open proposal are looked at.

    Raises:
        StoreError: the store fails.
    """
    return {said: speaker for said, (speaker, _revision) in _taken(desk, kaart_id, overleg).items()}


def decisions_unsaid(desk: Desk, kaart_id: str, overleg: Overleg) -> list[Said]:
    """What is to be said yet of those proposals, in the name of who took them over."""
    open_items = {one.said.id: one.said for proposal in overleg.proposals() for one in proposal.open}
    told = []
    for identity, (speaker, revision) in _taken(desk, kaart_id, overleg).items():
        begun = replace(new_said(desk, _nobody(speaker), DECISION), by=speaker)
        said = open_items[identity]
        told.append(replace(begun, revision=revision, about=said.about, verdict=TAKEN, to=(identity,)))
    return told


def done_unsaid(
    desk: Desk, kaart_id: str, waiting: Mapping[str, Said], trailer: str, by: str
) -> dict[str, tuple[Speaker, str]]:
    """What saves carried out of what still waits: for each who made it possible, and the revision after.

    Only the saves since the oldest of it are looked at.

    Args:
        desk: what to work with.
        kaart_id: which card.
        waiting: what waits, by the id of what was said.
        trailer: the trailer that names such an id.
        by: the trailer that names who made it possible.

    Raises:
        StoreError: the store fails.
    """
    left = {said.revision for said in waiting.values()}

    def work(saves: Iterator[Save]) -> dict[str, tuple[Speaker, str]]:
        found: dict[str, tuple[Speaker, str]] = {}
        for save in saves:
            for step in save.steps:
                identity = step.message.first(trailer)
                if identity in waiting:
                    found.setdefault(identity, (speaker_in(step.message.first(by)), save.revision))
            left.discard(save.revision)
            if not left:
                break
        return found

    return desk.kaarten.look_back(kaart_id, work) if waiting else {}


def _taken(desk: Desk, kaart_id: str, overleg: Overleg) -> dict[str, tuple[Speaker, str]]:
    waiting = {one.said.id: one.said for proposal in overleg.proposals() for one in proposal.open}
    return done_unsaid(desk, kaart_id, waiting, PROPOSAL, TAKEN_BY)


def _nobody(speaker: Speaker) -> Actor:
    return Actor(speaker.account, speaker.name, "", speaker.organisation)
