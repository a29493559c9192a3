"""Judging: what changed since a reviewer judged it, and what he or she says of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from app.content import Document, Path
from app.content.changes import by_id, changes
from app.content.overleg import AGREED, DISAGREED, JUDGEMENT, QUESTION, About, Said
from app.content.overleg_state import Judged, Overleg
from app.content.problems import InvalidCard
from app.services import rights
from app.services.actors import Actor
from app.services.comparing import MOST_BETWEEN, Comparison
from app.services.desk import Desk
from app.services.errors import InvalidInput, NotFound
from app.services.overleg import heard, new_said, own_judgements, say
from app.services.review_rows import lifted, utc_moment
from app.services.saving import held
from app.services.spoken import spoken
from app.services.touching import Toucher
from app.services.viewing import View, view
from app.services.wordings import Wordings
from app.storage.records import Save, Stored

VERDICTS = (AGREED, QUESTION, DISAGREED)
_WITHOUT_WORDS = {QUESTION: "Schrijf uw vraag op.", DISAGREED: "Schrijf op wat er anders moet."}


@dataclass(frozen=True)
class Waiting:
    """An item on which something waits for a reviewer.

    Attributes:
        section: the key of its section.
        item: its id.
        judged: the newest judgement of this person on it, of before the change; None for none.
        gone: whether it is not on the card any more, or not to be seen by this person.
        urgent: why it cannot wait: names of overleg.json.
    """

    section: str
    item: str
    judged: Judged | None
    gone: bool
    urgent: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """What a reviewer has to look at on one card.

    Attributes:
        comparison: the card with the words that this person judged last, against the card as it is now; only what is
            reviewed differs.
        waiting: what is to be judged, by id, in the order of the card; what went comes last.
        settled: what was judged and did not change since, by id, in the order of the card.
        touched: the saves since the judgement, by item (section and id), the newest first.
        overleg: what was said, as far as this person may hear it.
        unsure: whether there may be more saves than are told.
    """

    comparison: Comparison
    waiting: dict[str, Waiting]
    settled: dict[str, Judged]
    touched: dict[Path, list[Save]]
    overleg: Overleg
    unsure: bool

    @property
    def kaart(self) -> Stored:
        """The card as it is now."""
        return self.comparison.new


@dataclass(frozen=True)
class Verdict:
    """What a reviewer finds of one item: one of `VERDICTS`, with a remark that may be empty where that is `AGREED`."""

    verdict: str
    remark: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of judgements.

    Attributes:
        said: on how many items something new was said.
        moved: the ids of those that changed meanwhile: they still wait.
    """

    said: int
    moved: tuple[str, ...] = ()


def sheet(desk: Desk, actor: Actor, kaart_id: str) -> Sheet:
    """What waits for a reviewer on a card.

    The history is walked once, back to the oldest judgement of what changed since. Of the card itself only the
    revisions that were judged are read.

    Raises:
        NotFound: there is no such card, or none that this person may know of.
        NotAllowed: this person does not review it.
        InvalidRevision: its newest revision is no card.
        StoreError: the store fails.
    """
    seen = view(desk, actor, kaart_id)
    desk.require(actor, rights.JUDGE, kaart_id)
    words, overleg = Wordings(desk, seen), heard(desk, seen)
    mine = own_judgements(desk, actor, kaart_id)
    lifts = lifted(desk, overleg)
    waiting: dict[str, Waiting] = {}
    for item in words.unjudged(mine):
        judged, gone = mine.get(item), item not in words.items
        since = utc_moment(judged.said.moment) if judged else ""
        opened = _lifting(desk) if lifts.get(item, "") > since and not gone else ()
        section = judged.about.section if judged and gone else words.items[item][0]
        waiting[item] = Waiting(section, item, judged, gone, urgent=(*words.urgent(item), *opened))
    settled = {item: mine[item] for item in words.items if item in mine and item not in waiting}
    old = _as_judged(desk, seen, words.kaart, waiting)
    differing = [one for one in changes(old.document, words.kaart.document) if one.kind != "moved"]
    told = [one for one in differing if one.path[0] in desk.types.review.sections]
    touched, unsure = _since(seen, waiting)
    return Sheet(Comparison(old, words.kaart, told), waiting, settled, touched, overleg, unsure)


def judge(desk: Desk, actor: Actor, kaart_id: str, revision: str, verdicts: Mapping[str, Verdict]) -> Outcome:
    """Say what a reviewer finds of items as they stand in a revision: the one that he or she had on the screen.

    What was said already of the same words in the same way is not said again.

    Args:
        desk: what to work with.
        actor: who.
        kaart_id: which card.
        revision: what was looked at.
        verdicts: by the id of each item; one that was judged before and is not there any more is judged as gone.

    Raises:
        InvalidInput: a remark is missing, too long or holds signs that cannot be kept; by the id of the item.
        NotFound: this person sees no such card, revision or item.
        NotAllowed: this person does not review it.
        StoreError: nothing was said.
    """
    clean = _cleaned(verdicts)
    with held(desk, kaart_id) as writer:
        desk.require(actor, rights.JUDGE, kaart_id)
        seen = view(desk, actor, kaart_id)
        then, now = Wordings(desk, seen, revision), Wordings(desk, seen)
        mine = own_judgements(desk, actor, kaart_id)
        groups: dict[Verdict, list[About]] = {}
        for item, verdict in clean.items():
            about = _about(then, item, mine)
            if not _is_said(mine.get(item), about, verdict):
                groups.setdefault(verdict, []).append(about)
        said = [_said(desk, actor, revision, verdict, about) for verdict, about in groups.items()]
        if said:
            say(desk, writer, actor, said)
    moved = tuple(item for item in clean if not now.holds(_about(then, item, mine)))
    return Outcome(sum(len(one.about) for one in said), moved)


def _said(desk: Desk, actor: Actor, revision: str, verdict: Verdict, about: Sequence[About]) -> Said:
    begun = new_said(desk, actor, JUDGEMENT)
    return replace(begun, revision=revision, about=tuple(about), verdict=verdict.verdict, text=verdict.remark)


def _about(then: Wordings, item: str, mine: Mapping[str, Judged]) -> About:
    """The item as it was on the screen; raises `NotFound` for one that never was there for this person."""
    if item not in then.items and item not in mine:
        raise NotFound("Dit onderdeel staat niet op de kaart.")
    return then.about(item, mine[item].about.section if item in mine else "")


def _is_said(judged: Judged | None, about: About, verdict: Verdict) -> bool:
    if judged is None:
        return False
    known = Verdict(judged.said.verdict, judged.said.text)
    return (judged.about.digest, judged.about.shown, known) == (about.digest, about.shown, verdict)


def _cleaned(verdicts: Mapping[str, Verdict]) -> dict[str, Verdict]:
    problems: dict[str, str] = {}
    clean: dict[str, Verdict] = {}
    for item, one in verdicts.items():
        try:
            clean[item] = Verdict(one.verdict, spoken(one.remark, item, _WITHOUT_WORDS.get(one.verdict, "")))
        except InvalidInput as refusal:
            problems |= refusal.problems
        if one.verdict not in VERDICTS:
            problems[item] = "Kies akkoord, vraag of niet akkoord."
    if problems:
        raise InvalidInput(problems)
    return clean


def _lifting(desk: Desk) -> tuple[str, ...]:
    return tuple(one.name for one in desk.types.review.urgent if one.lifted)


def _as_judged(desk: Desk, seen: View, now: Stored, waiting: Mapping[str, Waiting]) -> Stored:
    """The card with each item that waits as it was when this person judged it; what was never judged is not there."""
    revisions: dict[str, Document] = {}
    before: dict[str, Document | None] = {}
    for one in waiting.values():
        before[one.item] = None
        if one.judged is not None and one.judged.about.digest:
            revision = one.judged.said.revision
            if revision not in revisions:
                revisions[revision] = _document(seen, revision)
            before[one.item] = by_id(revisions[revision].get(one.section, ())).get(one.item)
    document = dict(now.document)
    for key in desk.types.review.sections:
        stood = [before.get(item["id"], item) for item in now.document.get(key, ())]
        went = [before[one.item] for one in waiting.values() if one.gone and one.section == key]
        document[key] = [item for item in (*stood, *went) if item is not None]
        if not document[key]:
            del document[key]
    return replace(now, document=_with_names(document, revisions.values(), desk))


def _with_names(document: Document, olds: Iterable[Document], desk: Desk) -> Document:
    """The card with those who were on it then: what was agreed with them names them."""
    result = dict(document)
    for old in olds:
        for key, items in old.items():
            if key in desk.types.review.sections or not isinstance(items, list):
                continue
            known = by_id(result.get(key, ()))
            result[key] = [*result.get(key, ()), *(item for item in items if item["id"] not in known)]
    return result


def _document(seen: View, revision: str) -> Document:
    """The card as it was judged; empty where that cannot be read any more."""
    try:
        return seen.read(revision).document
    except (InvalidCard, NotFound):
        return {}


def _since(seen: View, waiting: Mapping[str, Waiting]) -> tuple[dict[Path, list[Save]], bool]:
    """The saves that touched each item since it was judged; what was never judged needs none: all of it is new."""
    starts = {one.judged.said.revision for one in waiting.values() if one.judged}
    begun = {(one.section, one.item): one.judged.said.revision for one in waiting.values() if one.judged}
    if not starts:
        return {}, False

    def work(saves: Iterator[Save]) -> tuple[dict[Path, list[Save]], bool]:
        toucher, left = Toucher(seen), set(starts)
        open_paths, found = dict(begun), dict[Path, list[Save]]()
        for save in islice(saves, MOST_BETWEEN):
            if save.revision in left:
                left.discard(save.revision)
                open_paths = {path: start for path, start in open_paths.items() if start != save.revision}
                if not left:
                    return found, toucher.unsure
            for path in toucher.paths(save) or ():
                if path in open_paths:
                    found.setdefault(path, []).append(save)
        return found, True

    return seen.look_back(work)
