"""A provider of OpenID Connect of our own, on the loopback address, that can be told to do wrong."""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

CLIENT, SECRET = "kaarten", "s" * 40


@dataclass
class Provider:
    """What the provider says, and how it goes wrong.

    Attributes:
        base: its address.
        now: what time it is there.
        person: the claims about who signs in.
        claims: what is said otherwise than it should be; None leaves a claim out.
        back: what stands otherwise in the address to which a browser goes back.
        algorithm: how an ID token is signed; ``none`` for not at all.
        forged: whether another key signs than the one that is published.
        tokens: how many ID tokens were given.
    """

    base: str = ""
    now: int = 0
    person: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    back: dict[str, str] = field(default_factory=dict)
    algorithm: str = "RS256"
    forged: bool = False
    tokens: int = 0
    _key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"}))
    _other: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"}))
    _asked: dict[str, dict[str, str]] = field(default_factory=dict)

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """Answer, as a WSGI application."""
        request = Request(environ)
        pages = {
            "/.well-known/openid-configuration": self._metadata,
            "/jwks": lambda _request: _json({"keys": [self._key.as_dict(private=False)]}),
            "/authorize": self._authorize,
            "/token": self._token,
        }
        return pages[request.path](request)(environ, start_response)

    def _metadata(self, _request: Request) -> Response:
        endpoints = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/jwks"}
        return _json({"issuer": self.base, **{name: self.base + path for name, path in endpoints.items()}})

    def _authorize(self, request: Request) -> Response:
        asked = request.args.to_dict()
        assert (asked["response_type"], asked["client_id"], asked["code_challenge_method"]) == ("code", CLIENT, "S256")
        code = f"code{len(self._asked)}"
        self._asked[code] = asked
        answer = {"code": code, "state": asked["state"], **self.back}
        return redirect(f"{asked['redirect_uri']}?{urlencode(answer)}")

    def _token(self, request: Request) -> Response:
        asked = self._asked.pop(request.form["code"])
        challenge = base64.urlsafe_b64encode(hashlib.sha256(request.form["code_verifier"].encode()).digest())
        assert challenge.rstrip(b"=").decode() == asked["code_challenge"]
        assert request.authorization
        assert (request.authorization.username, request.authorization.password) == (CLIENT, SECRET)
        claims = {
            "iss": self.base,
            "aud": CLIENT,
            "nonce": asked["nonce"],
            "iat": self.now,
            "exp": self.now + 300,
            **self.person,
            **self.claims,
        }
        self.tokens += 1
        token = self._signed({name: value for name, value in claims.items() if value is not None})
        return _json({"access_token": "x", "token_type": "Bearer", "id_token": token})

    def _signed(self, claims: dict[str, Any]) -> str:
        if self.algorithm == "none":
            parts = (json.dumps({"alg": "none"}), json.dumps(claims))
            return ".".join(base64.urlsafe_b64encode(one.encode()).rstrip(b"=").decode() for one in parts) + "."
        return jwt.encode({"alg": self.algorithm, "kid": "k1"}, claims, self._other if self.forged else self._key)


@contextmanager
def running() -> Iterator[Provider]:
    """A provider that answers."""
    provider = Provider()
    server = make_server("127.0.0.1", 0, provider, threaded=True)
    provider.base = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _json(value: object) -> Response:
    return Response(json.dumps(value), mimetype="application/json")
