"""A form that another site sends, or that carries a token of somebody else, changes nothing on any route."""

from pathlib import Path

from app.services.unsubscribing import ADDRESS
from tests.web.gateway import Page
from tests.web.matrix import FILE, Ground, read_table

_ROWS = read_table(FILE.read_text("utf-8"))
POSTS = [row for row in _ROWS if row.method == "POST" and not row.address.startswith(ADDRESS)]
"""All but the link in an e-mail, which a mailbox uses without a token: tests/web/test_unsubscribing.py asks those."""


def _token(ground: Ground, *, own: bool) -> str:
    client = ground.client if own else ground.keeper.client
    page = Page(client.get("/toegankelijkheid"), "")
    return str(page.all("//input[@name='_csrf']/@value")[0])


def test_no_route_changes_anything_for_a_form_that_is_not_of_this_session(tmp_path: Path) -> None:
    ground = Ground(tmp_path, "dossierhouder")
    tokens = {"none": None, "wrong": "x" * 40, "of another session": _token(ground, own=False)}
    access = ground.desk.access(ground.kaart)
    for row in POSTS:
        address = ground.address(row)
        for kind, token in tokens.items():
            form = {"_basis": ground.revision, "persoon": "wie"} | ({"_csrf": token} if token else {})
            assert ground.client.post(address, data=form).status_code == 400, f"{row.address}: {kind}"
        for site in ("cross-site", "same-site"):
            form = {"_basis": ground.revision, "_csrf": _token(ground, own=True), "persoon": "wie"}
            answer = ground.client.post(address, data=form, headers={"Sec-Fetch-Site": site})
            assert answer.status_code == 400, f"{row.address}: {site}"
    assert ground.desk.kaarten.read(ground.kaart).revision == ground.revision
    assert ground.desk.access(ground.kaart) == access
    assert list(ground.desk.kaarten.ids()) == [ground.kaart]
    assert ground.client.get("/klad").status_code == 200, "still signed in"
