"""TLS of the lab's name servers (RFC 9539): who has it, the certificate that is shown, what comes over it.

Certificates are made from what the world's file says, with keys that are hashes: every run has the same.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, NoReturn

from dnstrace.model.certificates import Secured
from dnstrace.model.structs import Struct

if TYPE_CHECKING:
    from cryptography import x509

    from dnstrace.model.documents import Document

ROUND_TRIPS = 3
"""One for the connection, one for the handshake of TLS 1.3, one for the reply."""

_AUTHORITY = "the certificate authority of the lab"
_SELF_SIGNED, _EXPIRED = "self-signed certificate", "certificate has expired"
_SERIAL = 1
_FOREVER = 1e6  # days
_LONGEST = 64  # characters of a common name


class Tls(Struct):
    """That a server has TLS. Its certificate is for `names`, and still valid for `days`.

    It is from an authority that everybody trusts if `trusted`, else its own. `does` are misbehaviours over
    TLS alone. No handshake is completed if it is `broken`.
    """

    names: tuple[str, ...] = ()
    days: float = 60.0
    trusted: bool = False
    does: tuple[str, ...] = ()
    broken: bool = False

    def secured(self, now: datetime) -> Secured:
        """What a client sees of the handshake at a time."""
        distrust = _EXPIRED if self.days < 0 else "" if self.trusted else _SELF_SIGNED
        return Secured("TLSv1.3", "dot", _certificate(self.names, self.days, self.trusted, now), distrust)


@cache
def _certificate(names: tuple[str, ...], days: float, trusted: bool, now: datetime) -> bytes:
    """The certificate in DER."""
    import hashlib

    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding

    subject = next((name for name in names if len(name) <= _LONGEST), "a name server of the lab")
    issuer = _AUTHORITY if trusted else subject
    own, signing = (
        Ed25519PrivateKey.from_private_bytes(hashlib.sha256(text.encode()).digest())
        for text in (subject, issuer)
    )
    expires = now + timedelta(days=days)
    made = (
        x509.CertificateBuilder()
        .subject_name(_called(subject))
        .issuer_name(_called(issuer))
        .public_key(own.public_key())
        .serial_number(_SERIAL)
        .not_valid_before(min(now, expires) - timedelta(days=30))
        .not_valid_after(expires)
    )
    if names:
        alternative = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        made = made.add_extension(alternative, critical=False)
    return made.sign(signing, None).public_bytes(Encoding.DER)


def _called(name: str) -> x509.Name:
    from cryptography import x509

    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def read_tls(content: object, wrong: Callable[[str, str], NoReturn]) -> Tls | None:
    """What a world's file says of a server's TLS; `wrong` is called with a key and what it needs."""
    if content is None:
        return None
    if not isinstance(content, dict):
        wrong("", "a table is needed")
    for key in content:
        if key not in Tls.__match_args__:
            wrong("", f"unknown key {key!r}; TLS may have {', '.join(sorted(Tls.__match_args__))}")
    for key in ("names", "does"):
        texts = content.get(key, [])
        if not isinstance(texts, list) or not all(isinstance(each, str) for each in texts):
            wrong(key, "a list of texts is needed")
    if not all(name and name.isascii() for name in content.get("names", [])):
        wrong("names", "names in ASCII are needed: of an internationalised one its A-labels")
    if type(days := content.get("days", 1)) not in (int, float) or not abs(days) < _FOREVER:
        wrong("days", "a number of days is needed")
    for key in ("trusted", "broken"):
        if not isinstance(content.get(key, False), bool):
            wrong(key, "true or false is needed")
    given: Document = {k: tuple(v) if isinstance(v, list) else v for k, v in content.items()}
    return Tls(**given)
