"""The other side of single sign-on: an OpenID Connect provider (code flow with PKCE, state and nonce).

What a provider says is believed only when its signature, issuer, audience, nonce and times are right, as OpenID Connect
Core 1.0 §3.1.3.7 asks. Nothing is fetched before somebody wants to sign in.
"""

import hmac
import logging
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from app.services.errors import ServiceError
from app.web.language import _

if TYPE_CHECKING:
    from joserfc.jwk import KeySetSerialization

_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
_PATIENCE = 5.0  # seconds for each question to the provider
_LEEWAY = 60
_KEPT = 3600.0
_LONGEST = 200
_log = logging.getLogger("kaarten.oidc")


class SingleSignOnFailed(ServiceError):
    """The provider did not say who it is in a way that can be believed."""


class ProviderAway(ServiceError):
    """The provider does not answer."""


@dataclass(frozen=True)
class Told:
    """Who the provider says it is.

    Attributes:
        subject: the issuer and who it is there, with a space between.
        email: the address, where the provider says that it was verified; else empty.
    """

    subject: str
    email: str


@dataclass
class Provider:
    """A provider of single sign-on.

    Attributes:
        issuer: its address, exactly as it calls itself.
        client: what this installation is called there.
        secret: proves to it that we are this client.
        name: what people call it.
        strength: an `acr` or `amr` that a sign-in there must have, such as ``mfa``; empty for any.
    """

    issuer: str
    client: str
    secret: str
    name: str
    strength: str = ""
    _metadata: Mapping[str, Any] = field(default_factory=dict, repr=False)
    _read: float = field(default=0.0, repr=False)

    def begin(self, back: str) -> tuple[str, dict[str, str]]:
        """Where a browser goes to sign in, and what to keep until it comes back.

        Args:
            back: the address that it comes back to.

        Raises:
            ProviderAway: it does not answer.
            SingleSignOnFailed: what it answers cannot be right.
        """
        kept = {name: secrets.token_urlsafe(32) for name in ("state", "nonce")}
        kept["verifier"] = secrets.token_urlsafe(48)
        with self._session(back) as session:
            address, _state = session.create_authorization_url(
                self._endpoint("authorization_endpoint"),
                state=kept["state"],
                nonce=kept["nonce"],
                code_verifier=kept["verifier"],
            )
        return str(address), kept

    def finish(self, back: str, answer: Mapping[str, str], kept: Mapping[str, str] | None, now: int) -> Told:
        """Who it is, of what the browser came back with.

        Args:
            back: the address that it came back to.
            answer: the fields of that address.
            kept: what `begin` gave to keep; None where nothing is kept any more.
            now: the moment, in seconds.

        Raises:
            ProviderAway: it does not answer.
            SingleSignOnFailed: it refused, or what it says cannot be believed.
        """
        if kept is None or not hmac.compare_digest(answer.get("state", "").encode(), kept["state"].encode()):
            raise SingleSignOnFailed(_("Deze aanmelding is niet hier begonnen, of duurde te lang. Begin nog eens."))
        if answer.get("iss", self.issuer) != self.issuer:  # RFC 9207
            raise SingleSignOnFailed(_("Het antwoord kwam van een andere partij dan waar u zich aanmeldde."))
        if answer.get("error") or not answer.get("code"):
            raise SingleSignOnFailed(_("Het aanmelden is daar niet gelukt, of afgebroken. Probeer het nog eens."))
        with self._session(back) as session, _asking():
            tokens = session.fetch_token(
                self._endpoint("token_endpoint"),
                code=answer["code"],
                code_verifier=kept["verifier"],
                timeout=_PATIENCE,
                allow_redirects=False,
            )
        return self._told(self._claims(str(tokens.get("id_token", ""))), kept["nonce"], now)

    def _claims(self, token: str) -> dict[str, Any]:
        """What stands in an ID token whose signature is right."""
        with _asking():
            found = cast("KeySetSerialization", _get(self._endpoint("jwks_uri")))
            try:
                keys = KeySet.import_key_set(found)
                claims: dict[str, Any] = jwt.decode(token, keys, algorithms=_ALGORITHMS).claims
            except (JoseError, ValueError, KeyError, TypeError) as error:
                _log.warning("id token: %s", type(error).__name__)
                raise SingleSignOnFailed(_("De handtekening onder het antwoord klopt niet.")) from error
        return claims

    def _told(self, claims: dict[str, Any], nonce: str, now: int) -> Told:
        audience = claims.get("aud")
        parties = audience if isinstance(audience, list) else [audience]
        checks = (
            (claims.get("iss") == self.issuer, _("Het antwoord kwam van een andere partij dan waar u zich aanmeldde.")),
            (self.client in parties, _("Het antwoord was voor een ander programma bedoeld.")),
            (
                claims.get("azp", self.client if len(parties) == 1 else "") == self.client,
                _("Het antwoord was voor een ander programma bedoeld."),
            ),
            (
                hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()),
                _("Het antwoord hoort bij een andere aanmelding. Begin nog eens."),
            ),
            (_in_time(claims, now), _("Het antwoord is verlopen. Begin nog eens.")),
            (self._is_strong(claims), _("U bent daar aangemeld zonder tweede stap, zoals een code. Die is nodig.")),
        )
        for right, sentence in checks:
            if not right:
                raise SingleSignOnFailed(sentence)
        subject, email = claims.get("sub"), claims.get("email")
        if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST:
            raise SingleSignOnFailed(_("Het antwoord zegt niet wie u bent."))
        proven = claims.get("email_verified") is True and isinstance(email, str)
        return Told(f"{self.issuer} {subject}", str(email) if proven else "")

    def _is_strong(self, claims: dict[str, Any]) -> bool:
        methods = claims.get("amr")
        said = [claims.get("acr"), *(methods if isinstance(methods, list) else [])]
        return not self.strength or self.strength in said

    def _session(self, back: str) -> OAuth2Session:
        return OAuth2Session(
            self.client,
            self.secret,
            scope="openid email",
            redirect_uri=back,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic",  # noqa: S106 - a method
        )

    def _endpoint(self, name: str) -> str:
        """An address of the provider, of what it says of itself; read again after an hour."""
        if not self._metadata or time.monotonic() - self._read > _KEPT:
            with _asking():
                found = _get(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
            if found.get("issuer") != self.issuer:
                raise SingleSignOnFailed(_("Het antwoord kwam van een andere partij dan waar u zich aanmeldde."))
            self._metadata, self._read = found, time.monotonic()
        address = self._metadata.get(name)
        if not isinstance(address, str) or urlsplit(address).scheme != urlsplit(self.issuer).scheme:
            raise SingleSignOnFailed(_("De instellingen voor dit aanmelden kloppen niet. Waarschuw de beheerder."))
        return address


def _in_time(claims: dict[str, Any], now: int) -> bool:
    ends, made, begins = claims.get("exp"), claims.get("iat"), claims.get("nbf", 0)
    if not all(isinstance(one, int | float) for one in (ends, made, begins)):
        return False
    return float(ends or 0) > now - _LEEWAY and max(float(made or 0), float(begins)) < now + _LEEWAY


def _get(address: str) -> dict[str, Any]:
    answer = requests.get(address, timeout=_PATIENCE, allow_redirects=False)
    answer.raise_for_status()
    found = answer.json()
    if answer.status_code != requests.codes.ok or not isinstance(found, dict):
        raise requests.RequestException(f"status {answer.status_code}")
    return found


class _asking:  # noqa: N801 - used as a with-statement
    """What fails while the provider is asked, in a sentence; what it says goes to no log and no page."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, requests.RequestException):
            _log.warning("provider: %s", type(error).__name__)
            raise ProviderAway(
                _("De dienst waarmee u zich aanmeldt, geeft nu geen antwoord. Probeer het later nog eens.")
            ) from error
        if isinstance(error, AuthlibBaseError):
            _log.warning("provider: %s", type(error).__name__)
            raise SingleSignOnFailed(
                _("Het aanmelden is daar niet gelukt, of afgebroken. Probeer het nog eens.")
            ) from error
