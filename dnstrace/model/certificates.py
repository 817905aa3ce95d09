"""What a server shows over TLS: its certificate, and how the connection was secured."""

from __future__ import annotations

from datetime import datetime

from dnstrace.model.structs import Struct


class Certificate(Struct):
    """A certificate: the names and addresses that it is for, issuer and subject, and when it is valid.

    `issuer` and `subject` are distinguished names, or the part of one that people know it by.
    """

    names: tuple[str, ...]
    issuer: str
    expires: datetime | None
    subject: str = ""
    begins: datetime | None = None
    self_issued: bool = False


class Secured(Struct):
    """A connection over TLS whose handshake was completed.

    `version` is that of TLS, `alpn` the protocol that the server chose (RFC 7301), empty if it chose none.
    `certificate` is in DER. `distrust` says why the system does not trust it, and is empty if it does: the
    name of the server is not part of that. It is None if that could not be found out.
    """

    version: str
    alpn: str
    certificate: bytes
    distrust: str | None = None
