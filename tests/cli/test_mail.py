"""Mail from the command line, and its settings."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import Openers, kaarten
from app.factory import post_of
from app.services.desk import Desk
from app.services.mail_text import Post
from app.services.smtp import NONE, Relay
from app.settings import SettingsError, read_settings
from app.storage.accounts import AT_ONCE
from tests.desks import ACCOUNTS, ORGANISATIONS, SANNE, open_test_desk
from tests.smtp_server import SmtpServer

SAID = {"KAARTEN_SMTP_HOST": "mail.regio.example", "KAARTEN_URL": "https://kaarten.regio.example"}
SAID |= {"KAARTEN_MAIL_FROM": "kaarten@regio.example"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = open_test_desk(tmp_path)
    desk.accounts.put(ORGANISATIONS, [replace(one, demonstration=False) for one in ACCOUNTS])
    return desk


def run(desk: Desk, post: Post | None, *words: str) -> Result:
    def no_server(*_: object, **__: object) -> None:
        raise AssertionError

    return CliRunner().invoke(kaarten, words, obj=Openers(lambda: desk, no_server, 8000, post=lambda: post))


def to(port: int) -> Post:
    return Post(Relay("127.0.0.1", port, NONE), "a@regio.example", "Kaarten", "https://kaarten.example", "k" * 32)


def test_mail_is_sent_and_how_it_goes_is_told(desk: Desk) -> None:
    with SmtpServer() as server:
        sent = run(desk, to(server.port), "mail", "send")
        assert (sent.exit_code, sent.output) == (0, "0 e-mails verstuurd.\n")
    told = json.loads(run(desk, to(1), "mail", "status", "--json").output)
    assert (told["enabled"], told["waiting"], told["ended"]) == (True, 0, [])
    assert "Er wachten 0 berichten." in run(desk, to(1), "mail", "status").output


def test_without_a_server_that_is_said(desk: Desk) -> None:
    assert run(desk, None, "mail", "send").exit_code == 3
    assert "KAARTEN_SMTP_HOST is leeg" in run(desk, None, "mail", "status").output


def test_only_who_looks_after_the_server_sends(desk: Desk) -> None:
    for word in ("send", "status"):
        assert run(desk, to(1), "mail", word, "--author", SANNE.email).exit_code == 7


def test_one_chooses_when_to_be_mailed(desk: Desk) -> None:
    assert run(desk, None, "account", "mail", "--author", SANNE.email).output == "dagelijks\n"
    assert run(desk, None, "account", "mail", AT_ONCE, "--author", SANNE.email).output == "direct\n"
    assert desk.accounts.known().accounts["sanne"].mail == AT_ONCE


def test_mail_is_a_setting_and_what_would_leak_is_refused(tmp_path: Path) -> None:
    assert read_settings({}).mail is None
    (tmp_path / "geheim").write_text("kort")
    (tmp_path / "geheim").chmod(0o600)
    signed = SAID | {"KAARTEN_SMTP_USER": "kaarten", "KAARTEN_SMTP_PASSWORD_FILE": str(tmp_path / "geheim")}
    mail = read_settings(signed).mail
    assert mail
    assert (mail.port, mail.security, mail.password, mail.hour) == (587, "starttls", "kort", 7)
    post = post_of(replace(read_settings(SAID), secret="s" * 32))
    assert post
    assert (post.relay.name, post.url) == ("kaarten.regio.example", "https://kaarten.regio.example")
    wrong = [
        {"KAARTEN_SMTP_SECURITY": "none"},
        {"KAARTEN_SMTP_SECURITY": "ssl"},
        {"KAARTEN_SMTP_USER": "kaarten"},
        {"KAARTEN_SMTP_USER": "kaarten", "KAARTEN_SMTP_PASSWORD": "geheimpje-é"},
        {"KAARTEN_MAIL_FROM": "niemand"},
        {"KAARTEN_MAIL_FROM": "a@b.example\r\nBcc: c@d.example"},
        {"KAARTEN_MAIL_HOUR": "24"},
        {"KAARTEN_SMTP_HOST": "mail server"},
    ]
    for one in wrong:
        with pytest.raises(SettingsError, match=next(iter(one))):
            read_settings(SAID | one)
    for left_out in ("KAARTEN_URL", "KAARTEN_MAIL_FROM"):
        with pytest.raises(SettingsError, match=left_out):
            read_settings({key: value for key, value in SAID.items() if key != left_out})
