"""What the card itself tells of proposals: a save that took one over says so, also when nobody could say it after."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from app.content.messages import PROPOSAL, TAKEN_BY
from app.content.overleg import DECISION, TAKEN, Said, Speaker
from app.content.overleg_state import Overleg
from app.services.actors import Actor
from app.services.desk import Desk
from app.services.overleg import new_said
from app.storage.records import Save

_SPEAKER = re.compile(r"(?P<name>[^()<>]*?)(?: \((?P<organisation>[^<>]*)\))? <(?P<account>[^<>]+)>")


def trailers_of(said: Said, actor: Actor) -> Sequence[tuple[str, str]]:
    """What the save that takes over a proposal says of it: which one, and who took it over."""
    organisation = f" ({actor.organisation})" if actor.organisation else ""
    return ((PROPOSAL, said.id), (TAKEN_BY, f"{actor.name}{organisation} <{actor.id}>"))


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


def speaker_in(words: str) -> Speaker:
    """Who took a proposal over, as its save says; whoever another program wrote down is known by that alone."""
    found = _SPEAKER.fullmatch(words)
    if found is None:
        return Speaker("?", words or "?")
    return Speaker(found["account"], found["name"] or found["account"], found["organisation"] or "")


def _taken(desk: Desk, kaart_id: str, overleg: Overleg) -> dict[str, tuple[Speaker, str]]:
    open_items = {one.said.id: one.said for proposal in overleg.proposals() for one in proposal.open}
    left = {said.revision for said in open_items.values()}

    def work(saves: Iterator[Save]) -> dict[str, tuple[Speaker, str]]:
        found: dict[str, tuple[Speaker, str]] = {}
        for save in saves:
            for step in save.steps:
                identity = step.message.first(PROPOSAL)
                if identity in open_items:
                    found.setdefault(identity, (speaker_in(step.message.first(TAKEN_BY)), save.revision))
            left.discard(save.revision)
            if not left:
                break
        return found

    return desk.kaarten.look_back(kaart_id, work) if open_items else {}


def _nobody(speaker: Speaker) -> Actor:
    return Actor(speaker.account, speaker.name, "", speaker.organisation)
