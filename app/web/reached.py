"""How people reach the program: by one name, over TLS or not, through proxies or not; no request can change that."""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SECURE = "SECURE"
"""In the configuration: whether people come over TLS; cookies are for TLS alone then."""
_HERE = ["127.0.0.1", "localhost"]


def attach(app: Flask, url: str, proxies: int) -> None:
    """Let the application know how it is reached.

    The scheme comes from the setting, not from a header: behind a proxy that ends TLS every request seems to come
    without. Of the headers of proxies only X-Forwarded-For is read, and only by as many as are set.

    Args:
        app: the application.
        url: the address that people use; empty for this machine alone.
        proxies: how many proxies stand before it.
    """
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    app.config.from_mapping(
        SECURE=secure,
        SESSION_COOKIE_SECURE=secure,
        PREFERRED_URL_SCHEME=parts.scheme or "http",
        # A page elsewhere must not reach the server by a name of its own.
        TRUSTED_HOSTS=[parts.netloc] if url else _HERE,
    )
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=0, x_host=0)  # type: ignore[method-assign]
    if secure:
        app.wsgi_app = _Over(app.wsgi_app, parts.scheme)  # type: ignore[method-assign]


class _Over:
    """Says of every request that it came over this scheme."""

    def __init__(self, inner: "WSGIApplication", scheme: str) -> None:
        self._inner, self._scheme = inner, scheme

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return self._inner({**environ, "wsgi.url_scheme": self._scheme}, start_response)
