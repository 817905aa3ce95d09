"""The last hop: what it takes to fetch a page, and what came of it. Values only.

A browser that has the address of a name connects to it, over TLS if the URL says https, and asks for the page
by the name in the URL (RFC 9110 section 7.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import dns.rrset

    from dnstrace.model import Trace

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
    """What a server shows of itself: the names it is for, who vouches for that, until when."""

    names: tuple[str, ...]
    issuer: str
    expires: datetime | None


@dataclass(frozen=True, slots=True)
class Visit:
    """What came of asking one address for the page.

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


@dataclass(frozen=True, slots=True)
class Fetched:
    """The last hop of a trace: what was asked for, the traces beside it, and what each address gave.

    `beside` are those of the other address family and of the HTTPS record (RFC 9460); `services` the HTTPS
    records found, `notes` what they change.
    """

    request: Request
    visits: tuple[Visit, ...]
    beside: tuple[Trace, ...] = ()
    services: tuple[dns.rrset.RRset, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def served(self) -> bool:
        """Whether any address gave the page."""
        return any(visit.served for visit in self.visits)


class Web(Protocol):
    """Something that can ask an address for a page."""

    async def visit(self, address: str, request: Request, timeout: float) -> Visit:
        """Ask for the page, within `timeout` seconds in all. Never raises for what the network does."""
        ...


def read_head(octets: bytes) -> tuple[int, str, str] | None:
    """Status, reason and Location of a response's head (RFC 9112 sections 4 and 5); None if it is none."""
    head = octets.partition(b"\r\n\r\n")[0].decode("latin-1")
    first, *fields = head.split("\r\n")
    version, _, rest = first.partition(" ")
    code, _, reason = rest.partition(" ")
    if not version.startswith("HTTP/") or not (len(code) == 3 and code.isascii() and code.isdigit()):
        return None
    named = (field.partition(":") for field in fields)
    location = next((value.strip() for key, _, value in named if key.lower() == "location"), "")
    return int(code), reason[:80], location[:500]
