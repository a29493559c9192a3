"""What stands with every answer, also where something goes wrong; and how the program is reached."""

import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from threading import Thread

import pytest
from flask import Flask, Response, request
from werkzeug.test import TestResponse

from app.services.desk import Desk
from app.storage.errors import StoreFailed
from app.web import create_app, doors
from app.web.server import listen

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; "
    "img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
HOST = "kaarten.example"


@pytest.fixture
def app(desk: Desk) -> Flask:
    """Pages of its own: a test adds addresses to them."""
    return create_app(desk, "x" * 32, demonstration=True)


def fail(*_args: object, **_more: object) -> str:
    raise StoreFailed("/srv/geheim/pad")


def break_down() -> str:
    raise RuntimeError("/srv/geheim/pad van Noor")


def planted(app: Flask) -> Flask:
    """The application with views that go wrong, beside its own."""
    for name, view in {"stuk": break_down, "weg": fail}.items():
        app.add_url_rule(f"/{name}", name, doors.open_to_all(view))
    app.add_url_rule(
        "/anders", "anders", doors.open_to_all(lambda: Response("x", headers={"Referrer-Policy": "no-referrer"}))
    )
    app.add_url_rule(
        "/los",
        "los",
        doors.open_to_all(
            lambda: Response(
                "x",
                headers={
                    "Referrer-Policy": "unsafe-url",
                    "Content-Security-Policy": "default-src *",
                    "Cache-Control": "public",
                },
            )
        ),
    )
    return app


@pytest.fixture
def broken(app: Flask) -> Flask:
    return planted(app)


ANSWERS = {
    "page": ("GET", "/toegankelijkheid", 200),
    "redirect": ("GET", "/kaarten/", 404),
    "not found": ("GET", "/weg/is/weg", 404),
    "wrong method": ("PUT", "/kaarten", 405),
    "trace": ("TRACE", "/kaarten", 405),
    "options": ("OPTIONS", "/toegankelijkheid", 200),
    "head": ("HEAD", "/toegankelijkheid", 200),
    "nobody is signed in": ("POST", "/klad/k1kkkk/weggooien", 401),
    "unforeseen": ("GET", "/stuk", 500),
    "store": ("GET", "/weg", 503),
    "file that is not there": ("GET", "/static/weg.css", 404),
    "out of the folder": ("GET", "/static/../errors.py", 404),
    "out of the folder, encoded": ("GET", "/static/..%2f..%2fsettings.py", 404),
}


def check(answer: TestResponse) -> None:
    for name, value in HEADERS.items():
        assert answer.headers[name] == value, name
        assert len(answer.headers.getlist(name)) == 1, name
    assert "Server" not in answer.headers
    assert not re.search(r"/srv/|Noor|Traceback|\.py", answer.text), answer.text


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_has_the_headers_and_tells_no_path(broken: Flask, name: str) -> None:
    method, address, status = ANSWERS[name]
    answer = broken.test_client().open(address, method=method)
    assert answer.status_code == status
    check(answer)


def test_an_answer_to_too_much_and_to_a_strange_host_has_them_too(broken: Flask) -> None:
    much = broken.test_client().post("/klad/k1kkkk/weggooien", data={"x": "y" * 3_000_000})
    assert much.status_code == 413
    check(much)
    strange = broken.test_client().get("/toegankelijkheid", base_url="http://boos.example")
    assert strange.status_code == 400
    assert "boos.example" not in strange.text
    check(strange)


def test_a_page_may_tell_less_of_its_address_and_nothing_may_be_loosened(broken: Flask) -> None:
    client = broken.test_client()
    assert client.get("/anders").headers["Referrer-Policy"] == "no-referrer"
    check(client.get("/los"))


def test_our_own_files_are_kept_by_their_hash_alone(app: Flask) -> None:
    client = app.test_client()
    with client.get("/static/base.css") as unnamed, client.get("/static/base.css?v=1") as named:
        assert unnamed.headers["Cache-Control"] == "no-store"
        assert "immutable" in named.headers["Cache-Control"]
        assert named.headers["X-Content-Type-Options"] == "nosniff"


@pytest.fixture
def public(desk: Desk) -> Flask:
    """The application as a region runs it, behind one proxy that ends TLS."""
    return planted(create_app(desk, "x" * 32, demonstration=True, url=f"https://{HOST}", proxies=1))


def test_over_tls_browsers_stay_with_it_and_cookies_are_for_this_host_alone(public: Flask, app: Flask) -> None:
    answer = public.test_client().get("/toegankelijkheid", base_url=f"http://{HOST}")
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    cookies = public.test_client().get("/persoon", base_url=f"http://{HOST}").headers.getlist("Set-Cookie")
    assert cookies
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
        assert "Domain" not in cookie
    plain = app.test_client().get("/persoon")
    assert "Strict-Transport-Security" not in plain.headers
    assert {"HttpOnly", "SameSite=Lax"} <= set(plain.headers["Set-Cookie"].split("; "))


def test_only_the_name_that_was_set_is_answered_to(public: Flask) -> None:
    for name in ("localhost", "127.0.0.1", "boos.example", f"{HOST}.boos.example", f"boos{HOST}"):
        assert public.test_client().get("/gezond", base_url=f"http://{name}").status_code == 400
    forwarded = {"X-Forwarded-Host": "boos.example", "X-Forwarded-Proto": "http", "Forwarded": "host=boos.example"}
    answer = public.test_client().get("/kaarten", base_url=f"http://{HOST}", headers=forwarded)
    assert "boos.example" not in answer.headers.get("Location", "") + answer.text


def asked_from(app: Flask, host: str, forwarded: str) -> str:
    """The address that the application sees."""
    seen: list[str] = []

    def note() -> None:
        seen.append(request.remote_addr or "")

    app.before_request(note)
    app.test_client().get("/gezond", base_url=f"http://{host}", headers={"X-Forwarded-For": forwarded})
    return seen[-1]


def test_who_asks_is_told_by_a_proxy_only_where_that_was_set(app: Flask, public: Flask) -> None:
    assert asked_from(app, "localhost", "203.0.113.9") == "127.0.0.1"
    assert asked_from(public, HOST, "203.0.113.9") == "203.0.113.9"


def test_of_what_a_proxy_tells_only_the_last_counts(public: Flask) -> None:
    assert asked_from(public, HOST, "10.0.0.1, 203.0.113.9") == "203.0.113.9"


@pytest.fixture
def port(app: Flask) -> Iterator[int]:
    """The real server, in a thread."""
    server = listen(app, "127.0.0.1", 0, largest=1_000_000, proxies=0)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    yield int(server.effective_port)
    server.close()
    server.task_dispatcher.shutdown()


def said(port: int, sent: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(sent)
        answer = b""
        with suppress(ConnectionResetError):  # it does not read on to the end of what is too much
            while part := line.recv(65536):
                answer += part
    return answer


WRONG = {
    "no HTTP": (b"dit is geen aanvraag\r\n\r\n", 400),
    "two lengths": (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx", 400),
    "a length and chunks": (
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: xchunked\r\n\r\nx",
        501,
    ),
    "huge headers": (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 40_000 + b"\r\n\r\n", 431),
    "a huge body": (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n\r\n", 413),
    "a page": (b"GET /gezond HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 200),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_the_server_answers_by_itself_has_the_headers_and_no_name_of_the_server(port: int, name: str) -> None:
    sent, status = WRONG[name]
    answer = said(port, sent)
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    assert first.split()[1] == str(status), head
    told = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    for header, value in HEADERS.items():
        assert told[header.lower()] == value
    assert "server" not in told
    assert b"waitress" not in answer.lower()
    assert len(body) < 200
