"""The access log in words: what somebody did with a card, for the family; and each event, for an auditor."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.services import (
    alike_family,
    backing_up,
    destroying,
    family,
    logbook,
    parcels,
    printing,
    rights,
    unsubscribing,
)
from app.services.logbook import Visitor
from app.storage.log_index import Deed
from app.web.language import _

ALLOWED, REFUSED, FAILED = "toegestaan", "geweigerd", "mislukt"


@dataclass(frozen=True)
class Did:
    """What somebody did on one day, in words: how often, and whether it was refused or in an emergency."""

    words: str
    count: int
    refused: bool = False
    emergency: bool = False


@dataclass(frozen=True)
class Person:
    """Somebody who was at a card, with each of the days, the last first."""

    name: str
    organisation: str
    behalf: str
    visits: Sequence[tuple[Visitor, list[Did]]]


def people(visitors: Sequence[Visitor]) -> list[Person]:
    """Those who were at a card, each once; who was there last comes first."""
    order: dict[tuple[str, str], list[Visitor]] = {}
    for one in visitors:
        order.setdefault((one.deeds[0].who, one.behalf), []).append(one)
    return [
        Person(days[0].name, days[0].organisation, behalf, [(day, _done(day.deeds)) for day in days])
        for (_who, behalf), days in order.items()
    ]


def _done(deeds: Sequence[Deed]) -> list[Did]:
    """What was done, what is the same told once, in the order of its beginning."""
    told = [
        (_on_card(one), one.outcome == REFUSED, one.emergency, one) for one in sorted(deeds, key=lambda one: one.first)
    ]
    groups: dict[tuple[str, bool, bool], int] = {}
    for words, refused, emergency, one in told:
        groups[words, refused, emergency] = groups.get((words, refused, emergency), 0) + one.count
    return [Did(words, count, refused, emergency) for (words, refused, emergency), count in groups.items()]


def _on_card(deed: Deed) -> str:
    if deed.outcome == REFUSED:
        return _("Wilde iets met de kaart doen, maar mocht dat niet")
    if deed.outcome == FAILED:
        return _("Wilde iets bewaren, maar dat lukte niet")
    known = {
        rights.READ: _("Gelezen"),
        printing.PRINT: _("Afgedrukt of als PDF bewaard"),
        rights.FAMILY: _("Een versie voor iemand van het gezin voorbereid"),
        family.GIVE: _("Een versie voor iemand van het gezin gemaakt"),
        rights.EDIT: _("Aan de kaart gewerkt"),
        rights.TRANSITION: _("Aan een stap gewerkt"),
        rights.SHARE: _("Aan het delen gewerkt"),
        rights.JUDGE: _("Beoordeeld"),
        rights.TALK: _("Iets gezegd in het overleg"),
        rights.PROPOSE: _("Een voorstel gedaan of ingetrokken"),
        rights.OWN_VIEW: _("Een afwijkende visie bewaard"),
        rights.CONFIRM: _("Als tweede persoon bevestigd, of niet"),
        rights.DESTROY: _("Aan vernietigen gewerkt"),
        rights.KEEP: _("Aan langer bewaren gewerkt"),
        destroying.DONE: _("De kaart vernietigd"),
        "share-give": _("De kaart met iemand gedeeld"),
        "share-change": _("Een rol op de kaart gewijzigd"),
        "share-withdraw": _("Een rol op de kaart ingetrokken"),
        "handover-offer": _("De kaart aangeboden"),
        "handover-accept": _("De kaart aangenomen"),
        "handover-refuse": _("De overdracht geweigerd"),
        "handover-withdraw": _("Het aanbod ingetrokken"),
        "handover-package": _("Een pakket gemaakt om te versturen"),
        "handover-receipt": _("Een ontvangstbewijs gemaakt"),
        "handover-arrive": _("De kaart aangenomen uit een andere installatie"),
        "handover-gone": _("De kaart overgedragen aan een andere installatie"),
        parcels.EVENT: _("In een pakket gekeken, of het gebracht of weggehaald"),
        alike_family.EVENT: _("Nagegaan of het gezin hier al een kaart heeft"),
        rights.CARD_LOG: _("Gekeken wie de kaart inzag"),
        "emergency-take": _("Noodtoegang genomen"),
    }
    return known.get(deed.event) or _("Iets anders met de kaart gedaan")


def event_groups() -> list[tuple[str, dict[str, str]]]:
    """What can stand in the log, by what it is about, in words to choose from."""
    return [
        (
            _("Kaarten"),
            {
                rights.LIST: _("Kaarten zoeken"),
                rights.READ: _("Kaart lezen"),
                printing.PRINT: _("Kaart afdrukken of als PDF bewaren"),
                rights.FAMILY: _("Versie voor het gezin voorbereiden"),
                family.GIVE: _("Versie voor het gezin maken"),
                rights.CREATE: _("Kaart maken"),
                rights.EDIT: _("Kaart wijzigen"),
                rights.TRANSITION: _("Stap nemen"),
                rights.CARD_LOG: _("Zien wie de kaart inzag"),
                rights.DESTROY: _("Vragen om een kaart te vernietigen"),
                rights.KEEP: _("Een kaart langer laten bewaren"),
                destroying.DONE: _("Kaart vernietigen"),
            },
        ),
        (
            _("Overleg"),
            {
                rights.JUDGE: _("Beoordelen"),
                rights.TALK: _("Vragen, antwoorden en berichten"),
                rights.PROPOSE: _("Een voorstel doen of intrekken"),
                rights.OWN_VIEW: _("Een afwijkende visie bewaren"),
                rights.CONFIRM: _("Als tweede persoon bevestigen"),
            },
        ),
        (
            _("Delen"),
            {
                rights.SHARE: _("Delen"),
                "share-give": _("Rol op een kaart geven"),
                "share-change": _("Rol op een kaart wijzigen"),
                "share-withdraw": _("Rol op een kaart intrekken"),
                rights.EMERGENCY: _("Noodtoegang vragen"),
                "emergency-find": _("Kaart zoeken voor noodtoegang"),
                "emergency-take": _("Noodtoegang nemen"),
            },
        ),
        (
            _("Overdracht"),
            {
                "handover-offer": _("Overdracht aanbieden"),
                "handover-accept": _("Overdracht aannemen"),
                "handover-refuse": _("Overdracht weigeren"),
                "handover-withdraw": _("Aanbod intrekken"),
                "handover-package": _("Pakket maken"),
                "handover-receipt": _("Ontvangstbewijs maken"),
                "handover-arrive": _("Kaart uit een pakket aannemen"),
                "handover-gone": _("Ontvangstbewijs inlezen"),
                parcels.EVENT: _("Pakket brengen, bekijken, weigeren of weghalen"),
                alike_family.EVENT: _("Nagaan of een gezin hier al een kaart heeft"),
            },
        ),
        (_("Aanmelden"), _signing_in()),
        (_("Beheer"), _administration()),
    ]


def _signing_in() -> dict[str, str]:
    return {
        "sign-in": _("Aanmelden"),
        "sign-out": _("Afmelden"),
        "session-end": _("Sessie beëindigen"),
        rights.OWN: _("Eigen account, klad of sessies"),
        "invitation-accept": _("Uitnodiging aannemen"),
        "password-change": _("Wachtwoord wijzigen"),
        "second-factor-change": _("Code-app wijzigen"),
        "recovery-codes-renew": _("Nieuwe herstelcodes"),
        "mail-change": _("Kiezen voor e-mail over berichten"),
        unsubscribing.EVENT: _("E-mail stoppen met de link in een e-mail"),
    }


def _administration() -> dict[str, str]:
    return {
        rights.MANAGE: _("Accounts beheren"),
        "account-invite": _("Iemand uitnodigen"),
        "invitation-withdraw": _("Uitnodiging intrekken"),
        "account-change": _("Account wijzigen"),
        "account-reset": _("Nieuwe link geven"),
        "account-deactivate": _("Account laten stoppen"),
        "account-reactivate": _("Account weer laten meedoen"),
        "organisation-add": _("Organisatie toevoegen"),
        "organisation-change": _("Organisatie wijzigen"),
        "organisation-deactivate": _("Organisatie laten stoppen"),
        "organisation-reactivate": _("Organisatie weer laten meedoen"),
        "installation-add": _("Andere installatie toevoegen"),
        "installation-stop": _("Andere installatie laten stoppen"),
        "installation-resume": _("Andere installatie weer laten meedoen"),
        rights.REVIEW: _("Rechten nakijken"),
        rights.READ_LOG: _("Logboek lezen"),
        logbook.EXPORT: _("Logboek opslaan"),
        rights.MAINTAIN: _("Server onderhouden"),
        backing_up.MADE: _("Reservekopie maken"),
        backing_up.PUT_BACK: _("Reservekopie terugzetten"),
        "log-part": _("Nieuw deel van het logboek"),
        "log-repair": _("Fout in het logboek gevonden"),
        "log-retire": _("Oude delen van het logboek opgeruimd"),
    }


def kinds() -> dict[str, str]:
    """The kinds of NEN 7513, in words."""
    return {
        "C": _("Maken"),
        "R": _("Lezen"),
        "U": _("Wijzigen"),
        "D": _("Verwijderen"),
        "E": _("Uitvoeren"),
    }


def outcomes() -> dict[str, str]:
    """How it can end, in words."""
    return {ALLOWED: _("Toegestaan"), REFUSED: _("Geweigerd"), FAILED: _("Mislukt")}


def event_words(event: str, kind: str) -> str:
    """An event in words; of a request on which nobody decided, and of what is not known, its kind."""
    known = {name: words for _title, group in event_groups() for name, words in group.items()}
    return known.get(event) or (_("Pagina openen") if kind == "R" else _("Formulier versturen"))
