"""The program as it is put together for real: folders, keys, the server in a process of its own."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import click
import pytest

from app.factory import open_desk, provider_of, secret_key, serve
from app.services import editing
from app.settings import MOST_STYLE, Settings, SettingsError, read_settings
from tests.desks import SANNE, new_card


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_this_user_can_read_the_data(tmp_path: Path) -> None:
    (tmp_path / "data" / "cards_repo").mkdir(parents=True, mode=0o755)
    desk = open_desk(Settings(data=tmp_path / "data"))
    kaart = editing.create_card(desk, SANNE, new_card())
    secret_key(tmp_path / "data" / "var" / "secret.key")
    assert mode(tmp_path / "data" / "cards_repo") == mode(tmp_path / "data" / "var") == 0o700
    shard = tmp_path / "data" / "cards_repo" / kaart[:2]
    assert mode(shard) & 0o077 == mode(shard / f"{kaart}.git") & 0o077 == 0
    assert mode(tmp_path / "data" / "var" / "secret.key") == 0o600
    assert {mode(part) for part in (tmp_path / "data" / "var" / "log").iterdir()} == {0o600}


def test_the_key_is_made_once(tmp_path: Path) -> None:
    first = secret_key(tmp_path / "key")
    assert (len(first), secret_key(tmp_path / "key")) == (64, first)


def test_settings_come_from_the_environment_and_a_bad_one_is_named() -> None:
    settings = read_settings({"KAARTEN_DATA": "/srv/kaarten", "KAARTEN_PORT": "8123"})
    assert (settings.cards, settings.port) == (Path("/srv/kaarten/cards_repo"), 8123)
    assert read_settings({}) == Settings()
    with pytest.raises(SettingsError, match="KAARTEN_PORT"):
        read_settings({"KAARTEN_PORT": "http"})


def test_single_sign_on_and_the_length_of_sessions_are_settings_and_half_of_one_is_named(tmp_path: Path) -> None:
    (tmp_path / "geheim").write_text("s" * 40)
    (tmp_path / "geheim").chmod(0o600)
    said = {
        "KAARTEN_OIDC_ISSUER": "https://inloggen.regio.example",
        "KAARTEN_OIDC_CLIENT": "kaarten",
        "KAARTEN_OIDC_SECRET_FILE": str(tmp_path / "geheim"),
        "KAARTEN_IDLE_MINUTES": "15",
        "KAARTEN_SESSION_HOURS": "8",
    }
    settings = read_settings(said)
    provider = provider_of(settings)
    assert provider
    assert (provider.name, provider.secret) == ("inloggen.regio.example", "s" * 40)
    desk = open_desk(replace(settings, data=tmp_path / "data"))
    assert (desk.sessions.limits.idle, desk.sessions.limits.longest) == (timedelta(minutes=15), timedelta(hours=8))
    assert provider_of(Settings()) is None
    for name in ("KAARTEN_OIDC_ISSUER", "KAARTEN_OIDC_CLIENT", "KAARTEN_OIDC_SECRET_FILE"):
        with pytest.raises(SettingsError, match="horen bij elkaar"):
            read_settings({key: value for key, value in said.items() if key != name})
    for name, value in (("KAARTEN_OIDC_ISSUER", "http://elders.example"), ("KAARTEN_IDLE_MINUTES", "0")):
        with pytest.raises(SettingsError, match=name):
            read_settings({**said, name: value})


def test_a_style_is_read_at_the_start_and_a_bad_one_is_named(tmp_path: Path) -> None:
    style = tmp_path / "gemeente.css"
    style.write_text(":root { --basis-border-radius-md: 0 }")
    assert read_settings({"KAARTEN_STYLE": str(style)}).style == style.read_bytes()
    (tmp_path / "groot.css").write_bytes(b" " * (MOST_STYLE + 1))
    (tmp_path / "geen-tekst.css").write_bytes(b"\xff\xfe")
    for name in ("weg.css", "groot.css", "geen-tekst.css", "."):
        with pytest.raises(SettingsError, match=r"^KAARTEN_STYLE is "):
            read_settings({"KAARTEN_STYLE": str(tmp_path / name)})


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({"KAARTEN_PORT": "0"}, "KAARTEN_PORT"),
        ({"KAARTEN_PORT": "٣"}, "KAARTEN_PORT"),
        ({"KAARTEN_PROXIES": "-1"}, "KAARTEN_PROXIES"),
        ({"KAARTEN_PROXIES": "6"}, "KAARTEN_PROXIES"),
        ({"KAARTEN_HOST": "kaarten.example"}, "KAARTEN_HOST"),
        ({"KAARTEN_HOST": "192.0.2.7"}, "KAARTEN_URL=https"),
        ({"KAARTEN_HOST": "192.0.2.7", "KAARTEN_URL": "http://localhost"}, "KAARTEN_URL=https"),
        ({"KAARTEN_URL": "http://kaarten.example"}, "TLS"),
        ({"KAARTEN_URL": "kaarten.example"}, "KAARTEN_URL"),
        ({"KAARTEN_URL": "ftp://kaarten.example"}, "KAARTEN_URL"),
        ({"KAARTEN_URL": "https://kaarten.example/pad"}, "KAARTEN_URL"),
        ({"KAARTEN_URL": "https://wie:wat@kaarten.example"}, "KAARTEN_URL"),
        ({"KAARTEN_URL": "https://kaarten.example:poort"}, "KAARTEN_URL"),
        ({"KAARTEN_SECRET": "kort"}, "KAARTEN_SECRET"),
        ({"KAARTEN_SECRET": "x" * 32, "KAARTEN_SECRET_FILE": "weg"}, "allebei"),
        ({"KAARTEN_SECRET_FILE": "weg"}, "KAARTEN_SECRET_FILE"),
    ],
)
def test_a_setting_that_would_open_the_cards_to_others_is_refused(environ: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        read_settings(environ)


def test_others_reach_it_over_tls_alone() -> None:
    open_to_others = read_settings({"KAARTEN_HOST": "::", "KAARTEN_URL": "https://Kaarten.example:8443/"})
    assert (open_to_others.url, open_to_others.secure) == ("https://kaarten.example:8443", True)
    assert not open_to_others.local
    assert not read_settings({"KAARTEN_URL": "https://kaarten.example"}).local
    assert read_settings({}).local
    assert read_settings({"KAARTEN_HOST": "::1", "KAARTEN_URL": "http://localhost:8000"}).local


def test_a_secret_comes_from_a_file_that_not_everybody_can_read(tmp_path: Path) -> None:
    file = tmp_path / "sleutel"
    file.write_text("s" * 40 + "\n")
    file.chmod(0o640)
    assert read_settings({"KAARTEN_SECRET_FILE": str(file)}).secret == "s" * 40
    file.chmod(0o644)
    with pytest.raises(SettingsError, match="iedereen op deze computer"):
        read_settings({"KAARTEN_SECRET_FILE": str(file)})


def test_a_demonstration_is_for_this_machine_alone(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, url="https://kaarten.example")
    with pytest.raises(click.ClickException, match="alleen op deze computer"):
        serve(settings, open_desk(settings), free_port(), print, demonstration=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start(folder: Path, port: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "app", "serve", "--port", str(port)],
        env={**os.environ, "KAARTEN_DATA": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_server_answers_on_loopback_stops_when_told_and_says_when_the_port_is_taken(tmp_path: Path) -> None:
    port = free_port()
    with start(tmp_path, port) as server:
        for _ in range(200):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/gezond") as answer:
                    assert answer.status == 200
                break
            except urllib.error.URLError:
                time.sleep(0.1)
        with start(tmp_path, port) as second:
            _, said = second.communicate(timeout=30)
            assert (second.returncode, f"Poort {port} is bezet" in said) == (1, True), said
        server.send_signal(signal.SIGTERM)
        told, _ = server.communicate(timeout=20)
    assert f"http://127.0.0.1:{port}" in told
    assert server.returncode == 0


def test_a_data_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "bestand").write_text("")
    command = [sys.executable, "-m", "app", "list"]
    done = subprocess.run(
        command,
        env={**os.environ, "KAARTEN_DATA": str(tmp_path / "bestand" / "data")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.startswith("Bewaren of lezen lukt nu niet.")) == (6, True), done.stderr
    assert "Traceback" not in done.stderr
