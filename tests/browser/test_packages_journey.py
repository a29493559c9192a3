"""A card goes to another installation and comes back: two people at two real servers, by the pages alone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.factory import open_desk
from app.services.actors import actor_of
from app.settings import Settings
from app.storage.accounts import Account, Organisation
from tests.browser.ground import Ground
from tests.servers import Server
from tests.two import NAMES, PEOPLE, Side, introduce, ready_card


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[tuple[Server, Side], tuple[Server, Side]]]:
    """Two installations that know each other, each with a server process of its own."""
    here, there = (_side(tmp_path / name, name) for name in NAMES)
    introduce(here, there)
    introduce(there, here)
    with Server(here.folder) as first, Server(there.folder) as second:
        first.start()
        second.start()
        yield (first, here), (second, there)


def _side(folder: Path, name: str) -> Side:
    folder.mkdir()
    desk = open_desk(Settings(data=folder, email=f"beheer@{name}.example"))
    organisation = Organisation(f"org-{name}", NAMES[name], "cjg", host=True)
    identity, whole = PEOPLE[name]
    account = Account(identity, whole, f"{identity}@{name}.example", organisation.id, demonstration=True)
    desk.accounts.put([organisation], [account])
    return Side(desk, actor_of(account, desk.accounts.known()), NAMES[name], folder)


def _offered(page: Page, card: str, receiver: str) -> None:
    page.goto(f"{card}/overdracht")
    page.locator("#veld-aan").select_option(label=receiver)
    page.locator("#veld-tekst").fill("Dit gezin verhuist. Bel eerst met oma.")
    page.locator("#veld-grondslag").fill("Toestemming")
    page.locator("#veld-verteld").check()
    page.get_by_role("button", name="Overdracht aanbieden").click()
    expect(page.get_by_role("heading", name="Wat u nu doet")).to_be_visible()


def _saved(page: Page, button: str, target: Path) -> Path:
    """The file that a button gives."""
    with page.expect_download() as found:
        page.get_by_role("button", name=button).click()
    path = target / found.value.suggested_filename
    found.value.save_as(path)
    return path


def _brought(page: Page, base: str, file: Path) -> None:
    page.goto(f"{base}/ontvangen")
    page.locator("#veld-bestand").set_input_files(file)
    page.get_by_role("button", name="Binnenbrengen").click()
    expect(page.locator("main")).to_contain_text("de ondertekening klopt")


def _changed(page: Page, card: str, text: str) -> None:
    page.goto(f"{card}/afspraken/a-1")
    page.locator("#veld-tekst").fill(text)
    page.locator("#veld-_reden").fill("Zo is het nu.")
    page.get_by_role("button", name="Bewaren", exact=True).click()
    expect(page.locator(".done")).to_contain_text("Bewaard")


def test_a_card_goes_and_comes_back_with_a_difference(
    chromium: Browser, both: tuple[tuple[Server, Side], tuple[Server, Side]], tmp_path: Path
) -> None:
    (here, mine), (there, theirs) = both
    kaart = ready_card(mine)
    first, second = Ground(chromium, here.base), Ground(chromium, there.base)
    ans, bo = first.page("ans"), second.page("bo", width=390, height=844)
    _offered(ans, f"{here.base}/kaarten/{kaart}", theirs.name)
    package = _saved(ans, "Pakket maken", tmp_path)
    assert package.name.endswith(".zip.age")
    _brought(bo, there.base, package)
    expect(bo.locator("main")).to_contain_text("Bel eerst met oma.")
    bo.get_by_role("button", name="Kaart aannemen").click()
    expect(bo.locator(".done")).to_contain_text("U bent nu dossierhouder")
    # Both go on with it: the receipt is not there yet.
    _changed(bo, f"{there.base}/kaarten/{kaart}", "Vader belt oma elke avond.")
    _changed(ans, f"{here.base}/kaarten/{kaart}", "Vader belt oma elke week.")
    bo.goto(f"{there.base}/kaarten/{kaart}")
    bo.get_by_role("link", name="Stuur het ontvangstbewijs").click()
    receipt = _saved(bo, "Ontvangstbewijs opslaan", tmp_path)
    _brought(ans, here.base, receipt)
    expect(ans.locator("main")).to_contain_text("Bo Bos (Veilig Thuis Noord) heeft de kaart aangenomen")
    ans.get_by_role("button", name="Inlezen").click()
    expect(ans.locator("main")).to_contain_text("nam kaart")
    # And back: what Ans wrote after the package was made is only here, so it is asked.
    _offered(bo, f"{there.base}/kaarten/{kaart}", mine.name)
    package = _saved(bo, "Pakket maken", tmp_path)
    _brought(ans, here.base, package)
    choice = ans.locator("fieldset.choose", has_text="elke week")
    expect(choice).to_contain_text("elke avond")
    ans.get_by_role("button", name="Kaart aannemen").click()
    expect(ans.locator(".summary")).to_contain_text("Kies bij elk verschil")
    for one in ans.locator("fieldset.choose").all():
        one.get_by_role("radio", name=re.compile("Wat in het pakket staat")).check()
    choice.get_by_role("radio", name=re.compile("Wat hier staat")).check()
    ans.get_by_role("button", name="Kaart aannemen").click()
    expect(ans.locator(".done")).to_contain_text("U bent nu dossierhouder")
    expect(ans.locator("#a-1")).to_contain_text("elke week")
    assert mine.desk.kaarten.read(kaart).document["kaart"]["toestand"] == "actief"
    first.close()
    second.close()


def test_a_file_that_is_too_large_is_said_before_it_is_sent_and_by_the_server(
    chromium: Browser, both: tuple[tuple[Server, Side], tuple[Server, Side]], tmp_path: Path
) -> None:
    (here, _mine), _ = both
    large = tmp_path / "groot.zip"
    with large.open("wb") as file:
        file.truncate(257 * 1024 * 1024)
    ground = Ground(chromium, here.base)
    for script in (True, False):
        page = ground.page("ans", java_script_enabled=script)
        page.goto(f"{here.base}/ontvangen")
        page.locator("#veld-bestand").set_input_files(large)
        page.get_by_role("button", name="Binnenbrengen").click(timeout=60_000)
        expect(page.locator("main")).to_contain_text("hoogstens 200 MB zijn", timeout=60_000)
    ground.close()
