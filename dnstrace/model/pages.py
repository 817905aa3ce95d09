"""The last hop: the request for a page, and what each address replied. Values only.

A browser that has the address of a name connects to it, over TLS if the URL says https, and asks for the page
by the name in the URL (RFC 9110 section 7.2).
"""

from __future__ import annotations

from dnstrace.model.certificates import Certificate
from dnstrace.model.structs import Struct

PORTS = {"http": 80, "https": 443}

# fmt: off
BAD_PORTS = frozenset({
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102,
    103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512,
    513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719,
    1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679,
    6697, 10080,
})
# fmt: on
"""The ports that browsers connect to for no page (WHATWG Fetch, "bad port"): other protocols are there."""


class Request(Struct):
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


class Visit(Struct):
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
