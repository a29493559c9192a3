"""The only place that chooses what is plugged in: storage, services, the web application, the command."""

import errno
import io
import os
import re
import secrets
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

import click

from app.cli import Openers, kaarten
from app.content.upgrades import UPGRADES
from app.services.desk import Desk
from app.services.mail_news import news
from app.services.mail_text import Post
from app.services.mail_worker import MailWorker
from app.services.mailing import send_round
from app.services.smtp import Relay
from app.settings import Settings, SettingsError, read_settings
from app.storage.access_log import AccessLog
from app.storage.accounts import Accounts
from app.storage.backup import Places
from app.storage.backup_restore import refuse_half_restored
from app.storage.catalogue import Catalogue
from app.storage.drafts import Drafts
from app.storage.errors import StoreFailed, translated
from app.storage.files import replace_synced
from app.storage.following import Following
from app.storage.git_admin import GitAdmin
from app.storage.git_store import GitStore, Signature
from app.storage.installations import Installations
from app.storage.kaarten import KaartRepository
from app.storage.locks import locked
from app.storage.mail_queue import MailQueue
from app.storage.quarantine import Quarantine
from app.storage.schemas import load_card_type, load_log_years
from app.storage.seen import Seen
from app.storage.sessions import Limits, Sessions
from app.storage.signing import Keys
from app.storage.tombstones import Tombstones
from app.storage.travels import Travels
from app.web import MAX_BYTES, create_app
from app.web.oidc import Provider
from app.web.server import listen

CARD_TYPE = "veiligheidskaart"
_KEY = re.compile(r"[0-9a-f]{64}")


def open_desk(settings: Settings, *, half_restored: bool = False) -> Desk:
    """Open the cards of an installation; makes its folders where they are not there.

    Args:
        settings: of which one.
        half_restored: whether it is opened while a backup is being put back.

    Raises:
        SchemaError: the schema files are at fault.
        StoreError: the data folder cannot be used.
    """
    _make_folders(settings)
    if not half_restored:
        refuse_half_restored(settings.var)
    types = load_card_type(settings.schemas / CARD_TYPE, UPGRADES)
    store = _store(settings)
    kaarten = KaartRepository(store, types)
    return Desk(
        kaarten,
        Catalogue(settings.var / "catalogue.sqlite"),
        Accounts(settings.var / "accounts.json"),
        GitAdmin(store),
        Seen(settings.var / "seen.sqlite"),
        Drafts(settings.var / "drafts.sqlite"),
        Sessions(settings.var / "sessions.sqlite", Limits(settings.idle, settings.longest)),
        _log(settings),
        Following(settings.var / "following.sqlite"),
        MailQueue(settings.var / "mail.sqlite"),
        Tombstones(settings.var / "vernietigd.json"),
        Keys(settings.var / "sleutels"),
        Installations(settings.var / "installaties.json"),
        settings.email,
        Travels(store, kaarten, settings.var / "onderweg"),
        Quarantine(settings.var / "ontvangen"),
    )


def places_of(settings: Settings) -> Places:
    """Where an installation keeps what a backup holds, without opening it.

    Raises:
        StoreError: the data folder cannot be used.
    """
    _make_folders(settings)
    return Places(_store(settings), _log(settings), settings.var)


def _store(settings: Settings) -> GitStore:
    return GitStore(settings.cards, settings.var / "locks", Signature(settings.name, settings.email))


def _log(settings: Settings) -> AccessLog:
    years = load_log_years(settings.schemas / "retention.json")
    return AccessLog(settings.var / "log", settings.anchor, settings.log_key, years)


def _make_folders(settings: Settings) -> None:
    try:
        for folder in (settings.data, settings.cards, settings.var):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if settings.cards.stat().st_mode & 0o077:
            settings.cards.chmod(0o700)  # a checkout brings this one along, readable by all
    except OSError as error:
        raise StoreFailed(f"{settings.data}: {error}") from error


def serve(settings: Settings, desk: Desk, port: int, tell: Callable[[str], None], *, demonstration: bool) -> None:
    """Serve the pages until the process is told to stop; requests in flight are answered first.

    Raises:
        click.ClickException: the port cannot be had, or a demonstration would be open to others.
        StoreError: the key cannot be read or written.
    """
    if demonstration and not settings.local:
        raise click.ClickException(
            "Een demonstratie draait alleen op deze computer: laat KAARTEN_HOST en KAARTEN_URL weg."
        )
    # Invented people have no mailbox: a demonstration sends nothing.
    post = None if demonstration else post_of(settings)
    app = create_app(
        desk,
        _key_of(settings),
        demonstration=demonstration,
        style=settings.style,
        contact=settings.email,
        url=settings.url,
        proxies=settings.proxies,
        provider=provider_of(settings),
        mail=post is not None,
    )
    try:
        server = listen(app, settings.host, port, largest=2 * MAX_BYTES, proxies=settings.proxies)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise click.ClickException(f"Poort {port} is bezet. Kies een andere, zoals --port 8001.") from error
        raise click.ClickException(f"Op {settings.host} kan de server niet staan: {error.strerror}.") from error
    signal.signal(signal.SIGTERM, _stop)
    if demonstration:
        tell("Dit is een demonstratie: wie de pagina opent, kiest een verzonnen persoon. Zet er geen echte kaarten in.")
    tell(f"De kaarten staan op {settings.url or f'http://{settings.host}:{port}'} (stoppen: Ctrl+C)")
    worker = MailWorker(lambda stopped: send_round(desk, post, news, stopped)) if post else None
    if worker:
        worker.start()
    try:
        server.run()
    finally:
        if worker:
            worker.stop()


def provider_of(settings: Settings) -> Provider | None:
    """Where people can sign in besides; None for nowhere."""
    found = settings.sign_on
    return Provider(found.issuer, found.client, found.secret, found.name, found.strength) if found else None


def post_of(settings: Settings) -> Post | None:
    """How mail is sent; None for not at all.

    Raises:
        StoreError: the key that signs its links cannot be read or written.
    """
    mail = settings.mail
    if mail is None:
        return None
    name = urlsplit(settings.url).hostname or ""
    relay = Relay(mail.host, mail.port, mail.security, mail.user, mail.password, name)
    return Post(relay, mail.sender, settings.name, settings.url, _key_of(settings), mail.hour)


def _key_of(settings: Settings) -> str:
    return settings.secret or secret_key(settings.var / "secret.key")


def secret_key(path: Path) -> str:
    """The key that signs what a browser keeps; made once, and anew where the file holds none.

    Raises:
        StoreError: the file cannot be read or written.
    """
    with locked(path.with_name(f"{path.name}.lock")), translated(f"key {path.name}", git_error=StoreFailed):
        key = path.read_text("ascii", errors="replace").strip() if path.exists() else ""
        if not _KEY.fullmatch(key):
            key = secrets.token_hex(32)
            replace_synced(path, key.encode())
        return key


def main() -> None:
    """The command `kaarten`."""
    os.umask(0o077)  # whatever is written is for this user alone
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that lacks a letter gets its number
    try:
        settings = read_settings()
    except SettingsError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    kaarten(
        obj=Openers(
            lambda: open_desk(settings),
            partial(serve, settings),
            settings.port,
            settings.url,
            partial(post_of, settings),
            partial(places_of, settings),
            partial(open_desk, settings, half_restored=True),
        ),
        prog_name="kaarten",
    )


def _stop(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise SystemExit(0)
