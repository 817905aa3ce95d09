"""What the head of an HTTP response says about a page (RFC 9112). Pure readings of octets."""

from __future__ import annotations

from dnstrace.model.pages import Visit
from dnstrace.model.structs import replace

_LONGEST_REASON, _LONGEST_LOCATION = 80, 500  # characters that are kept


def with_head(visit: Visit, octets: bytes) -> Visit:
    """The visit with what the beginning of the response says, or with the fault in it."""
    if not octets:
        return replace(visit, fault="the connection was closed without a response")
    if (head := read_head(octets)) is None:
        return replace(visit, fault="the response is not HTTP")
    status, reason, location = head
    return replace(visit, status=status, reason=reason, location=location)


def read_head(octets: bytes) -> tuple[int, str, str] | None:
    """Status, reason and Location of a response's head (RFC 9112 sections 4 and 5).

    None where the octets are not such a head.
    """
    head = octets.partition(b"\r\n\r\n")[0].decode("latin-1")
    first, *fields = head.split("\r\n")
    version, _, rest = first.partition(" ")
    code, _, reason = rest.partition(" ")
    if not version.startswith("HTTP/") or not (len(code) == 3 and code.isascii() and code.isdigit()):
        return None
    named = (field.partition(":") for field in fields)
    location = next((value.strip() for key, _, value in named if key.lower() == "location"), "")
    return int(code), reason[:_LONGEST_REASON], location[:_LONGEST_LOCATION]
