"""Changing: making a card, saving a changed one, one item of it, a step of its workflow, its written form."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from app.content import HEAD, Document, Path
from app.content.changes import same
from app.content.clean import clean
from app.content.forms import read_form
from app.content.gates import missing
from app.content.grants import utc
from app.content.items import find
from app.content.problems import InvalidCard, Problem, refuse
from app.content.restore import put_back as restored
from app.content.validate import validate
from app.content.workflow import AFTER, BEFORE
from app.services import rights
from app.services.actors import Actor
from app.services.cataloguing import record
from app.services.commits import new_save
from app.services.comparing import Comparison, differing
from app.services.desk import Desk
from app.services.errors import AlreadyMade, NotAllowed, NotFound
from app.services.granting import new_grant
from app.services.outcome import Saved, Wish
from app.services.owed import asking
from app.services.reading import read_card
from app.services.saving import clean_reason, held, preview, prospect, save, with_drawn_ids
from app.services.second_person import SecondNeeded, shields
from app.services.viewing import view
from app.services.wishing import wish_for, with_item, with_item_moved, without_item
from app.storage.records import NewAccess, NewPart


def create_card(
    desk: Desk, actor: Actor, document: Document, reason: str = "", form: str = "json", kaart_id: str = ""
) -> str:
    """Make a card; its id. What the program gives itself (`id`, `schema`, `toestand`) is left out or equal.

    Args:
        desk: what to work with.
        actor: who.
        document: the card.
        reason: why, in the person's words; may be empty.
        form: the written form to keep it in.
        kaart_id: a random id (`new_id`) that a form was made with: sending it twice makes one card.

    Raises:
        InvalidCard: the document is not a card.
        AlreadyMade: a card with this id was made of something else.
        NotAllowed: this person may not make one, or the card with this id was destroyed.
        StoreError: nothing was made.
    """
    desk.require(actor, rights.CREATE)
    if kaart_id and desk.tombstones.get(kaart_id):
        raise NotAllowed("Deze kaart is vernietigd en komt niet terug. Maak een nieuwe kaart als dat nodig is.")
    document = with_drawn_ids(desk, clean(document))
    head = document.get(HEAD)
    if not isinstance(head, dict):
        raise refuse("Vul ‘Kaart’ in.", (HEAD,))
    kaart_id = kaart_id or new_id()
    workflow = desk.types.workflow
    given = {"id": kaart_id, "schema": desk.types.current.name, workflow.field: workflow.initial}
    problems = [
        Problem((HEAD, key), f"Laat ‘{key}’ weg: een nieuwe kaart krijgt dat vanzelf.", f"Kaart › {key}")
        for key, value in given.items()
        if head.get(key, value) != value
    ]
    if problems:
        raise InvalidCard(problems)
    document = {**document, HEAD: {**head, **given}}
    if desk.kaarten.exists(kaart_id):
        return _made_already(desk, actor, kaart_id, document)
    validate(document, desk.types.edition_of(document))
    due = shields(desk, {}, document, desk.types.edition_of(document).shape)
    parts = [asking(desk, actor, NewPart(document, "Kaart gemaakt"), due)]
    save_of = new_save(desk, actor, clean_reason(reason), parts, form)
    holder = new_grant(desk, actor, actor.subjects[0], desk.types.roles.holder, utc(save_of.when))
    access = NewAccess([holder], actor.author, save_of.when, "Kaart gemaakt")
    kaart = desk.kaarten.create(kaart_id, save_of, access)
    with held(desk, kaart_id) as writer:
        record(desk, writer, kaart)
    return kaart_id


def _made_already(desk: Desk, actor: Actor, kaart_id: str, document: Document) -> str:
    """The id of a card that was made before, where it was made of this very document."""
    first = view(desk, actor, kaart_id).look_back(list)[-1]
    if not same(read_card(desk, actor, kaart_id, first.revision).document, document):
        raise AlreadyMade("Deze kaart is al gemaakt. Wat u daarna nog hebt getypt, staat er niet op: wijzig het daar.")
    return kaart_id


def new_id() -> str:
    """An id for a new card: drawn at random, it says nothing about the family."""
    return str(uuid.uuid4())


def create_from_file(desk: Desk, actor: Actor, data: bytes, form: str, reason: str = "") -> str:
    """Make a card from its written form; problems name the line. Raises as `create_card`."""
    with written(desk, data, form) as document:
        return create_card(desk, actor, document, reason, form)


def save_file(desk: Desk, actor: Actor, kaart_id: str, data: bytes, form: str, base: str, reason: str) -> Saved:
    """Save a whole card from its written form; problems name the line. Raises as `save_card`."""
    with written(desk, data, form) as document:
        return save_card(desk, actor, kaart_id, document, base, reason)


def preview_file(desk: Desk, actor: Actor, kaart_id: str, data: bytes, form: str, base: str) -> Comparison:
    """What `save_file` would change of the card as it is now; nothing is saved. Raises as `save_file`."""
    with written(desk, data, form) as document:
        return _previewed(desk, wish_for(desk, actor, kaart_id, base, "", lambda _: document))


def save_card(desk: Desk, actor: Actor, kaart_id: str, document: Document, base: str, reason: str) -> Saved:
    """Save a changed card, each changed afspraak as a commit of its own; the branch moves once.

    What others saved since `base` is kept: both sides' changes are brought together by item and field.

    Args:
        desk: what to work with.
        actor: who.
        kaart_id: which card.
        document: the whole card as this person wants it; items without an id get one.
        base: the revision this person started from.
        reason: why, in the person's words; may be empty.

    Raises:
        InvalidCard: the document is not a card, changes what only a service may change, or touches what may
            only be added to.
        Conflicted: somebody else changed the same, or the two changes together are not a valid card.
        NotFound: there is no such card, or no such revision to start from.
        NotAllowed: this person may not change it.
        StoreError: nothing was saved.
    """
    return save(desk, wish_for(desk, actor, kaart_id, base, reason, lambda _: document))


def save_item(
    desk: Desk, actor: Actor, kaart_id: str, section: str, item: dict[str, Any], base: str, reason: str
) -> Saved:
    """Save one item of a list, new or changed, or the fields of a section without items; raises as `save_card`.

    Args:
        desk: what to work with.
        actor: who.
        kaart_id: which card.
        section: the section's key.
        item: all its fields; an item with an id that the card has takes that one's place.
        base: the revision this person started from.
        reason: why.
    """
    return save(desk, wish_for(desk, actor, kaart_id, base, reason, with_item(desk, section, item), item.get("id")))


def remove_item(desk: Desk, actor: Actor, kaart_id: str, section: str, item_id: str, base: str, reason: str) -> Saved:
    """Remove one item of a list; raises as `save_card`.

    Raises:
        InvalidCard: something else on the card points at it; the problem says what.
    """
    changed = without_item(desk, section, item_id)
    return save(desk, wish_for(desk, actor, kaart_id, base, reason, changed, item_id))


def move_item(
    desk: Desk, actor: Actor, kaart_id: str, section: str, item_id: str, before: str, base: str, reason: str
) -> Saved:
    """Put an item of a list before another one, or last where `before` is empty; raises as `save_card`.

    What is shown by its date has no order of its own, and what may only be added to keeps the order it came in.

    Raises:
        NotFound: one of the two is not there.
        NotAllowed: this section has no order to be chosen.
    """
    changed = with_item_moved(desk, section, item_id, before)
    return save(desk, wish_for(desk, actor, kaart_id, base, reason, changed, item_id))


def put_back(desk: Desk, actor: Actor, kaart_id: str, place: Path, revision: str, base: str, reason: str) -> Saved:
    """Make an item, or a section without items, again what it was in a revision; raises as `save_card`.

    Args:
        desk: what to work with.
        actor: who.
        kaart_id: which card.
        place: the section, and the id of the item.
        revision: when the item was as it should be.
        base: the revision this person started from.
        reason: why.

    Raises:
        NotFound: that revision has no such item.
        InvalidCard: what it points at is gone, or it may not be changed.
    """
    return save(desk, _wish_to_put_back(desk, actor, kaart_id, place, revision, base, reason))


def preview_put_back(desk: Desk, actor: Actor, kaart_id: str, place: Path, revision: str, base: str) -> Comparison:
    """What `put_back` would change of the card as it is now; nothing is saved. Raises as `put_back`."""
    return _previewed(desk, _wish_to_put_back(desk, actor, kaart_id, place, revision, base, ""))


def transition(desk: Desk, actor: Actor, kaart_id: str, name: str, base: str, reason: str) -> Saved:
    """Take a step of the card's workflow, such as ``activeren``.

    Raises:
        InvalidCard: the card lacks what the step asks; one problem for each field.
        SecondNeeded: it is taken only when a second person confirms it; `confirming.ask_step` asks one.
        NotAllowed: the card is not in a state that has this step, or this person may not take it.
        Conflicted, NotFound, StoreError: as `save_card`.
    """
    wish = step_wish(desk, actor, kaart_id, name, base, reason)
    step = desk.types.workflow.transitions[name]
    if step.second == BEFORE:
        prospect(desk, wish, view(desk, actor, kaart_id))  # whoever may not, or cannot now, hears that first
        raise SecondNeeded(step.name, step.title)
    return save(desk, replace(wish, asks=step.name if step.second == AFTER else ""))


def step_wish(desk: Desk, actor: Actor, kaart_id: str, name: str, base: str, reason: str) -> Wish:
    """What taking a step makes of a card; raises as `transition`."""
    workflow = desk.types.workflow
    step = workflow.transitions.get(name)
    if step is None or step.part_of:
        raise NotAllowed("Deze stap is er niet.")
    if step.reason_required and not reason.strip():
        raise refuse(f"Schrijf op waarom u deze stap neemt: {step.title.lower()}.")

    def judge(document: Document) -> None:
        """Whether the whole card, with what this person may not see of it, has what the step asks."""
        today = desk.clock().date()
        if step.gate and (problems := missing(document, desk.types.edition_of(document), step.gate, today)):
            raise InvalidCard(problems)

    def stepped(document: Document) -> Document:
        if step not in workflow.open_to(document):
            raise NotAllowed(f"‘{step.title}’ kan niet in deze toestand van de kaart.")
        return {**document, HEAD: {**document[HEAD], workflow.field: step.target}}

    def check(_base: Document, document: Document) -> None:
        judge(document)

    return Wish(actor, kaart_id, base, clean_reason(reason), stepped, check, rights.TRANSITION, judge, step.name)


def switch_form(desk: Desk, actor: Actor, kaart_id: str, form: str, reason: str = "") -> Saved:
    """Keep a card in the other written form from now on: one commit, the same content; raises as `save_card`."""
    with held(desk, kaart_id) as writer:
        current = writer.read()
        desk.require(actor, rights.EDIT, current)
        if current.form == form:
            return Saved(current.revision, 0)
        words = {"json": "JSON", "markdown": "Markdown"}
        parts = [NewPart(current.document, f"Kaart voortaan bewaard als {words[form]}")]
        saved = writer.save(current.revision, new_save(desk, actor, clean_reason(reason), parts, form))
        record(desk, writer, saved)
    return Saved(saved.revision, 1)


@contextmanager
def written(desk: Desk, data: bytes, form: str) -> Iterator[Document]:
    """The document in a written form; problems found within name the line.

    Raises:
        InvalidCard: it holds no document.
    """
    draft = read_form(data, form, desk.types)
    try:
        yield draft.document
    except InvalidCard as verdict:
        raise InvalidCard(draft.located(verdict.problems)) from None


def _wish_to_put_back(
    desk: Desk, actor: Actor, kaart_id: str, place: Path, revision: str, base: str, reason: str
) -> Wish:
    then = read_card(desk, actor, kaart_id, revision)
    if find(then.document, place) is None:
        raise NotFound("Dit stond toen niet op de kaart.")

    def changed(document: Document) -> Document:
        return restored(document, then.document, desk.types.edition_of(document).shape, *place)

    return wish_for(desk, actor, kaart_id, base, reason, changed, place[-1])


def _previewed(desk: Desk, wish: Wish) -> Comparison:
    current, document = preview(desk, wish)
    return differing(current, replace(current, document=document, edition=desk.types.edition_of(document)))
