"""The web room: cards as pages and forms. Words in, words out; what is done is done in `services`.

It knows no field of a card by name: pages, forms and differences are made from the schema.
"""

from pathlib import Path

from flask import Flask
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect

from app.services.desk import Desk
from app.web import bell as bell_of_pages
from app.web import doors, drafted, errors, large, logged, menu, reached, security, session, words
from app.web.converters import CONVERTERS
from app.web.oidc import Provider
from app.web.pages import (
    about,
    admin,
    admin_installations,
    admin_organisations,
    admin_rights,
    agreed,
    bell,
    cards,
    confirming,
    deciding,
    destroyed,
    destroying,
    drafts,
    emergency,
    family,
    handing_over,
    history,
    items,
    judging,
    keeping,
    lists,
    logbook,
    looked,
    making,
    moving,
    origins,
    own_account,
    packages,
    printing,
    proposing,
    removing,
    sharing,
    signing_in,
    single_sign_on,
    start,
    steps,
    talking,
    text,
    unsubscribing,
)

MAX_BYTES = 2 * 1024 * 1024
MAX_PARTS = 5_000


def create_app(
    desk: Desk,
    secret_key: str,
    *,
    demonstration: bool,
    style: bytes | None = None,
    contact: str = "",
    url: str = "",
    provider: Provider | None = None,
    mail: bool = False,
    proxies: int = 0,
) -> Flask:
    """The pages on a desk.

    Args:
        desk: what the pages work with.
        secret_key: signs the session cookie.
        demonstration: whether the cards are invented: the pages say so, and one signs in by picking an invented person.
        style: CSS of this organisation, put after our own; None for our own look.
        contact: the e-mail address that people can write to.
        provider: where people can sign in besides; None for nowhere.
        mail: whether this installation sends e-mail.
        url: the address that people reach the pages by; empty for on this machine alone.
        proxies: how many proxies before the server may say who asks.
    """
    app = Flask(__name__)
    app.config.from_mapping(
        SECRET_KEY=secret_key,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=False,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=MAX_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_BYTES,
        MAX_FORM_PARTS=MAX_PARTS,
        # A form may stay open all day: its token lives as long as the session does.
        WTF_CSRF_TIME_LIMIT=None,
        # Where a page tells no other page its address, its forms have no Referer; `security` looks at Sec-Fetch-Site.
        WTF_CSRF_SSL_STRICT=False,
        WTF_CSRF_FIELD_NAME="_csrf",
        BABEL_DEFAULT_LOCALE="nl",
        BABEL_DEFAULT_TIMEZONE="Europe/Amsterdam",
        DEMONSTRATION=demonstration,
        STYLE=style,
        CONTACT=contact,
        PROVIDER=provider,
        MAIL=mail,
    )
    app.extensions["desk"] = desk
    app.url_map.converters.update(CONVERTERS)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    reached.attach(app, url, proxies)
    Babel(app)
    large.attach(app)
    # A mailbox sends the form of RFC 8058 by itself: the signed link alone says that it may.
    CSRFProtect(app).exempt(unsubscribing.pages)
    session.attach(app)
    words.attach(app)
    menu.attach(app)
    bell_of_pages.attach(app)
    security.attach(app, Path(str(app.static_folder)))
    errors.attach(app)
    logged.attach(app)
    app.jinja_env.globals["draft_address"] = drafted.address
    for door in (
        session.pages,
        signing_in.pages,
        single_sign_on.pages,
        own_account.pages,
        unsubscribing.pages,
        start.pages,
        emergency.pages,
        sharing.pages,
        handing_over.pages,
        packages.pages,
        about.pages,
        lists.pages,
        judging.pages,
        talking.pages,
        confirming.pages,
        destroying.pages,
        destroyed.pages,
        keeping.pages,
        deciding.pages,
        proposing.pages,
        steps.pages,
        making.pages,
        history.pages,
        looked.pages,
        printing.pages,
        family.pages,
        logbook.pages,
        text.pages,
        origins.pages,
        agreed.pages,
        items.pages,
        removing.pages,
        moving.pages,
        drafts.pages,
        bell.pages,
        cards.pages,
        admin.pages,
        admin_organisations.pages,
        admin_installations.pages,
        admin_rights.pages,
    ):
        app.register_blueprint(door)
    doors.attach(app, session.desk, session.actor)
    return app
