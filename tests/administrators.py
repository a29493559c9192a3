"""People who look after accounts, beside the two professionals of `tests.desks`."""

from flask import Flask

from app.services.actors import Actor, actor_of
from app.services.desk import Desk
from app.storage.accounts import Account
from tests.desks import peopled
from tests.web.gateway import Gateway

BEA = Account("bea", "Bea de Boer", "bea@cjg.example", "cjg", "beheerder", demonstration=True)
"""Of the host: for all organisations."""
VERA = Account("vera", "Vera Vos", "vera@veiligthuis.example", "vt", "beheerder", demonstration=True)
"""Of another organisation: for its own people."""
ADRI = Account("adri", "Adri Smit", "adri@veiligthuis.example", "vt", "auditor", demonstration=True)


def administered(desk: Desk) -> Desk:
    """The desk, with all of them."""
    peopled(desk).accounts.put((), [BEA, VERA, ADRI])
    return desk


def sat(app: Flask, person: str) -> Gateway:
    """The browser of somebody, also of who reads no cards."""
    return Gateway(app.test_client()).become(person)


def actor(desk: Desk, account_id: str) -> Actor:
    """Who an account acts as now."""
    known = desk.accounts.known()
    return actor_of(known.accounts[account_id], known, "192.0.2.7")
