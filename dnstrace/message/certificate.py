"""Certificates of servers (RFC 5280), from octets that anybody may have made; nothing in them is trusted."""

from __future__ import annotations

import warnings
from contextlib import suppress
from typing import TYPE_CHECKING

from dnstrace.model.addresses import canonical
from dnstrace.model.certificates import Certificate

if TYPE_CHECKING:
    from cryptography import x509

    from dnstrace.model import Name


def read_certificate(octets: bytes) -> Certificate | None:
    """The certificate in DER; None if it cannot be read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what a certificate should not have, and this one has
        try:
            from cryptography import x509

            return _read(x509.load_der_x509_certificate(octets))
        except Exception:  # anybody made the octets, and some errors of the library have no base but this
            return None


def _read(found: x509.Certificate) -> Certificate:
    return Certificate(
        names=_names(found),
        issuer=found.issuer.rfc4514_string(),
        expires=found.not_valid_after_utc,
        subject=found.subject.rfc4514_string(),
        begins=found.not_valid_before_utc,
        self_issued=found.issuer == found.subject,
    )


def _names(found: x509.Certificate) -> tuple[str, ...]:
    """The DNS names and the addresses that it is for: only those count (RFC 9525 section 6.3)."""
    from cryptography import x509

    with suppress(x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        kind = x509.SubjectAlternativeName
        given = found.extensions.get_extension_for_class(kind).value
        names = [*given.get_values_for_type(x509.DNSName), *given.get_values_for_type(x509.IPAddress)]
        return tuple(map(str, names))
    return ()


def is_for(certificate: Certificate, server: Name, address: str) -> bool:
    """Whether a certificate is for a name server, by its name (RFC 9525 section 6.3) or by its address."""
    wanted = server.to_text(omit_final_dot=True).lower()
    wild = "*." + wanted.partition(".")[2]
    its = (wanted, wild, canonical(address))
    return any(name.lower().rstrip(".") in its for name in certificate.names)
