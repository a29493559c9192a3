"""Administration: the accounts, one account, and the links that are open."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.services import accounts, inviting, managing, organisations, rights
from app.services.accounts import ACTIVE, INVITED, STOPPED, Details
from app.services.errors import InvalidInput
from app.storage.accounts import Account
from app.web.doors import needs
from app.web.language import _
from app.web.paging import Paging, page_number
from app.web.session import actor, desk
from app.web.stale import Answer, shown_again

pages = Blueprint("admin", __name__, url_prefix="/beheer")

PER_PAGE = 50
_LONGEST = 400
_FIELDS = {"name": "naam", "email": "email", "organisation": "organisatie", "role": "rol", "function": "functie"}


def state_words() -> dict[str, str]:
    """What each state of an account is called."""
    return {ACTIVE: _("Actief"), INVITED: _("Uitgenodigd"), STOPPED: _("Gestopt")}


def role_titles() -> dict[str, str]:
    """What each role at an organisation is called."""
    return {one.name: one.title for one in desk().types.roles.organisation.values()}


@pages.get("")
@needs(rights.MANAGE)
def overview() -> str:
    """Show the accounts that the address asks for."""
    asked = {key: " ".join(request.args.get(key, "").split())[:200] for key in ("zoek", "organisatie", "stand")}
    found = accounts.listed(desk(), actor(), asked["zoek"], asked["organisatie"], asked["stand"])
    number = page_number()
    state: dict[str, str | list[str]] = {key: value for key, value in asked.items() if value}
    return render_template(
        "admin_accounts.html",
        found=found[(number - 1) * PER_PAGE : number * PER_PAGE],
        total=len(found),
        asked=asked,
        organisations=managing.within_reach(desk(), actor()),
        states=state_words(),
        roles=role_titles(),
        links=len(inviting.still_open(desk(), actor())),
        paging=Paging(number, len(found), PER_PAGE, url_for("admin.overview"), state),
    )


@pages.get("/uitnodigingen")
@needs(rights.MANAGE)
def invitations() -> str:
    """Show the links that were not used yet."""
    return render_template("admin_invitations.html", found=inviting.still_open(desk(), actor()))


def _invite_stale(sentence: str) -> str:
    return _invite_page(_typed(), {}, sentence)


@pages.get("/uitnodigen")
@needs(rights.MANAGE)
def ask_invite() -> str:
    """Ask who is invited."""
    own = actor().organisation_id
    return _invite_page(Details("", "", own, "professional"), {})


@pages.post("/uitnodigen")
@needs(rights.MANAGE)
@shown_again(_invite_stale)
def invite() -> Answer:
    """Make the account and show its link, this once: it is kept nowhere."""
    details = _typed()
    try:
        token = inviting.invite(desk(), actor(), details)
    except InvalidInput as error:
        return _invite_page(details, error.problems), 422
    made = desk().accounts.known().by_email(managing.words(details.email))
    return _link_page(made, token) if made else redirect(url_for("admin.invitations"), 303)


def _change_stale(account_id: str, sentence: str) -> str:
    return _account_page(managing.managed(desk(), actor(), account_id), _typed(), {}, sentence)


@pages.get("/accounts/<item:account_id>")
@needs(rights.MANAGE)
def show(account_id: str) -> str:
    """Show one account."""
    account = managing.managed(desk(), actor(), account_id)
    return _account_page(account, _details_of(account), {})


@pages.post("/accounts/<item:account_id>")
@needs(rights.MANAGE)
@shown_again(_change_stale)
def change(account_id: str) -> Answer:
    """Change what is known of an account."""
    account, details = managing.managed(desk(), actor(), account_id), _typed()
    try:
        accounts.change(desk(), actor(), account_id, details)
    except InvalidInput as error:
        return _account_page(account, details, error.problems), 422
    flash(_("Bewaard."))
    return _back(account_id)


@pages.post("/accounts/<item:account_id>/stoppen")
@needs(rights.MANAGE)
def stop(account_id: str) -> Response:
    """Let an account stop."""
    accounts.deactivate(desk(), actor(), account_id)
    flash(_("Dit account is gestopt. Wie was aangemeld, is dat niet meer."))
    return _back(account_id)


@pages.post("/accounts/<item:account_id>/meedoen")
@needs(rights.MANAGE)
def resume(account_id: str) -> Response:
    """Let an account that was stopped go on."""
    accounts.reactivate(desk(), actor(), account_id)
    flash(_("Dit account doet weer mee."))
    return _back(account_id)


@pages.post("/accounts/<item:account_id>/link")
@needs(rights.MANAGE)
def renew(account_id: str) -> str:
    """Make a new link and show it, this once."""
    token = inviting.reset(desk(), actor(), account_id)
    return _link_page(managing.managed(desk(), actor(), account_id), token)


@pages.post("/accounts/<item:account_id>/intrekken")
@needs(rights.MANAGE)
def withdraw(account_id: str) -> Response:
    """Let the link of an account work no more."""
    inviting.withdraw(desk(), actor(), account_id)
    flash(_("De link is ingetrokken en werkt niet meer."))
    return redirect(url_for("admin.invitations"), 303)


def _typed() -> Details:
    given = {key: request.form.get(name, "")[:_LONGEST] for key, name in _FIELDS.items()}
    return Details(**given)


def _details_of(account: Account) -> Details:
    return Details(account.name, account.email, account.organisation, account.role, account.function)


def _back(account_id: str) -> Response:
    return redirect(url_for("admin.show", account_id=account_id), 303)


def _choices(own: str = "") -> dict[str, list[tuple[str, str]]]:
    """What can be chosen: organisations that take part, and the one that is chosen already; roles."""
    reach = managing.within_reach(desk(), actor())
    return {
        "organisatie": [(one.id, one.name) for one in reach if one.active or one.id == own],
        "rol": accounts.given_roles(desk()),
    }


def _invite_page(details: Details, problems: dict[str, str], sentence: str = "") -> str:
    return render_template(
        "admin_invite.html",
        details=details,
        problems={_FIELDS[key]: said for key, said in problems.items()},
        choices=_choices(),
        sentence=sentence,
        descriptions=[one for one in desk().types.roles.organisation.values() if one.given],
    )


def _link_page(account: Account, token: str) -> str:
    # The link is made of the address that this very page was asked at: that is how people get here.
    link = request.host_url.rstrip("/") + f"/uitnodiging/{token}"
    return render_template("admin_link.html", account=account, link=link, days=inviting.VALID.days)


def _account_page(account: Account, details: Details, problems: dict[str, str], sentence: str = "") -> str:
    known = desk().accounts.known()
    organisation = known.organisations[account.organisation]
    links = [one for one in inviting.still_open(desk(), actor()) if one.account.id == account.id]
    return render_template(
        "admin_account.html",
        account=account,
        organisation=organisation,
        state=accounts.state_of(account, organisation),
        states=state_words(),
        roles=role_titles(),
        details=details,
        problems={_FIELDS[key]: said for key, said in problems.items()},
        choices=_choices(account.organisation),
        link=links[0] if links else None,
        own=account.id == actor().id,
        sentence=sentence,
        changes_organisations=organisations.may_change(desk(), actor()),
    )
