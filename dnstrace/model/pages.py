"""The last hop: the request for a page, and what each address replied. Values only.

A browser that has the address of a name connects to it, over TLS if the URL says https, and asks for the page
by the name in the URL (RFC 9110 section 7.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Request:
    """A page: `host` is a name in A-label form without the final dot, `path` begins with a slash."""

    host: str
    scheme: str = "http"
    port: int = 80
    path: str = "/"

    @property
    def url(self) -> str:
        """The URL, with its port where that is not the scheme's own."""
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}{self.path}"

    @property
    def wire(self) -> bytes:
        """What is sent (RFC 9112 section 3)."""
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        lines = [
            f"GET {self.path} HTTP/1.1",
            f"Host: {self.host}{port}",
            "User-Agent: dnstrace",
            "Accept: */*",
        ]
        return "\r\n".join([*lines, "Connection: close", "", ""]).encode("ascii", "replace")


@dataclass(frozen=True, slots=True)
class Certificate:
    """The certificate that a server presents: the names it is for, its issuer, and when it expires."""

    names: tuple[str, ...]
    issuer: str
    expires: datetime | None


@dataclass(frozen=True, slots=True)
class Visit:
    """The result of asking one address for the page.

    `connected`, `secured` and `answered` are the seconds from the beginning to the connection, the end of the
    TLS handshake and the first octet, None where it did not come so far. `fault` says in a few words why
    there is no page; text from the network is in `reason`, `location` and `certificate`.
    """

    address: str
    connected: float | None = None
    secured: float | None = None
    answered: float | None = None
    status: int | None = None
    reason: str = ""
    location: str = ""
    certificate: Certificate | None = None
    fault: str = ""

    @property
    def served(self) -> bool:
        """Whether there is a page, or a place to go on to."""
        return not self.fault and self.status is not None and self.status < 400
