"""The group of commands, what each works with, and how faults become words and exit codes."""

import getpass
import json
import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import click

from app.cli.telling import conflict_lines, save_line
from app.cli.usage import in_dutch
from app.content.problems import InvalidCard
from app.content.shape import SchemaError
from app.services.actors import Actor, actor_named, shell
from app.services.desk import Desk
from app.services.errors import Conflicted, InvalidInput, NotAllowed, NotFound, ServiceError
from app.services.mail_text import Post
from app.services.second_person import SecondNeeded
from app.services.sentences import NOT_A_CARD, sentence
from app.storage.backup import Places
from app.storage.errors import RepositoryNotFound, RevisionNotFound, StoreError
from app.storage.records import InvalidRevision

INVALID, CONFLICT, NOT_FOUND, STORE, NOT_ALLOWED, FAULTS = 3, 4, 5, 6, 7, 8
"""Exit codes. 0 is done, 1 something nobody foresaw, 2 a command that is written wrong."""
_NOBODY = "kaarten.nobody"
"""In the notes of a command: it takes an author, and none was named."""
_WITHOUT_AUTHOR = (
    "U noemde niet wie dit doet. Dan doet u dit als wie de server beheert, en die leest geen kaarten. "
    "Zet erbij: --author met uw e-mailadres (of KAARTEN_AUTHOR)."
)
_ASK = "Zo vraagt u het: kaarten confirm ask KAART SECTIE BESTAND --base VERSIE --reason WAAROM"


class Serve(Protocol):
    """Serves a desk on a port of the loopback address until it is told to stop."""

    def __call__(self, desk: Desk, port: int, tell: Callable[[str], None], *, demonstration: bool) -> None:
        """With the desk, the port, where to say what there is to say, and whether everybody is invented."""


def _nowhere() -> Places:
    raise click.ClickException("Van deze gegevens maakt het programma geen reservekopie.")


def _nobody() -> Desk:
    raise click.ClickException("Hier zet het programma geen reservekopie terug.")


@dataclass(frozen=True)
class Openers:
    """How to get at what the commands work with; given by the factory, which alone chooses it.

    Attributes:
        desk: opens the cards of this installation.
        serve: serves it.
        port: the port that the settings name.
        url: how people reach the pages, without a slash at the end; empty where no setting says so.
        post: says how mail is sent; None for not at all.
        places: where the installation keeps what a backup holds.
        restoring: as `desk`, also while a backup is being put back.
    """

    desk: Callable[[], Desk]
    serve: Serve
    port: int
    url: str = ""
    post: Callable[[], Post | None] = lambda: None
    places: Callable[[], Places] = _nowhere
    restoring: Callable[[], Desk] = _nobody


class Kaarten(click.Group):
    """The group; turns every fault that is foreseen into one Dutch sentence and an exit code."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read what is typed before the chosen command."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            raise in_dutch(error) from None

    def invoke(self, ctx: click.Context) -> Any:
        """Run the chosen command."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            raise in_dutch(error) from None
        except (InvalidCard, ServiceError, SchemaError, StoreError, OSError) as error:
            if isinstance(error, BrokenPipeError):
                raise  # who reads our output has seen enough: click ends quietly
            code, lines = _outcome(error)
            if code in (NOT_FOUND, NOT_ALLOWED) and _NOBODY in ctx.meta:
                lines = [*lines, _WITHOUT_AUTHOR]
            for line in lines:
                click.echo(str(line), err=True)
            return ctx.exit(code)


def _outcome(error: Exception) -> tuple[int, list[object]]:
    """The exit code of a fault and the lines that say it."""
    if isinstance(error, InvalidRevision):
        return STORE, [NOT_A_CARD, *error.problems]
    if isinstance(error, InvalidCard):
        return INVALID, [*error.problems]
    if isinstance(error, Conflicted):
        return CONFLICT, _conflict_lines(error)
    if isinstance(error, StoreError):
        code = NOT_FOUND if isinstance(error, RepositoryNotFound | RevisionNotFound) else STORE
        return code, [sentence(error), f"({error})"]
    if isinstance(error, OSError):
        return STORE, [f"Lezen of schrijven lukt niet: {error.strerror or error}."]
    if isinstance(error, SecondNeeded):
        return NOT_ALLOWED, [error, _ASK]
    codes: dict[type[Exception], int] = {NotFound: NOT_FOUND, NotAllowed: NOT_ALLOWED}
    return codes.get(type(error), INVALID), [error]


@click.group(cls=Kaarten, help="Veiligheidskaarten in git: bekijken, wijzigen, vergelijken en nakijken.")
@click.option("-v", "--verbose", is_flag=True, help="Laat zien wat het programma doet.")
def kaarten(verbose: bool) -> None:
    """Set up what all commands share."""
    logging.basicConfig(
        level=logging.INFO if verbose else logging.ERROR, format="%(asctime)s %(name)s %(message)s", stream=sys.stderr
    )


def _conflict_lines(error: Conflicted) -> list[object]:
    lines: list[object] = [error, *conflict_lines(error.current, error.conflicts, ("was", "zij", "u"))]
    saves = [f"- {save_line(save)}" for save in error.their_saves]
    again = f"Haal de kaart opnieuw op en bewaar met --base {error.current.revision}"
    return [*lines, *error.problems, "Intussen gewijzigd door:", *saves, again]


def actor_of(author: str | None, desk: Desk) -> Actor:
    """Who acts: the account with the address that was named; else who looks after this server.

    Raises:
        ServiceError: nobody who may sign in has that address.
    """
    context = click.get_current_context(silent=True)
    if context is not None and author is None and "author" in context.params:
        context.meta[_NOBODY] = True
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = f"gebruiker-{os.getuid()}"
    return shell(user) if author is None else actor_named(author, desk.accounts.known(), user)


@contextmanager
def said_per_field(where: Mapping[str, str]) -> Iterator[None]:
    """Name the field in front of each sentence, for there is no form that it stands beside."""
    try:
        yield
    except InvalidInput as error:
        raise InvalidInput(
            {field: f"{where.get(field, field.capitalize())}: {said}" for field, said in error.problems.items()}
        ) from None


def out_json(value: object) -> None:
    """Print a value for a machine."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def progress(label: str) -> Callable[[Iterable[str], int], Iterable[str]]:
    """A progress bar on the error stream, for services that tell what they are at."""

    def shown(ids: Iterable[str], total: int) -> Iterable[str]:
        if total == 0 or not sys.stderr.isatty():
            yield from ids
            return
        with click.progressbar(ids, length=total, label=label, file=sys.stderr) as bar:
            yield from bar

    return shown
