"""Addresses and networks on the command line: from the text to the value, or a Usage that says what is right.

dnspython is imported only when an address is read.
"""

from __future__ import annotations

from dnstrace.cli.line.values import is_digits
from dnstrace.cli.usage import Usage, shown


def address(text: str) -> str:
    """An IPv4 or IPv6 address in canonical text form (RFC 5952)."""
    if "%" in text:
        raise Usage(f"must be an IPv4 or IPv6 address, not {shown(text)}")
    return endpoint(text)


def endpoint(text: str) -> str:
    """An address to send to or from: a link-local one needs its zone, as in `fe80::1%eth0` (RFC 4007)."""
    from dnstrace.model.addresses import canonical

    try:
        found = canonical(text)
    except ValueError as error:
        raise Usage(f"must be an IPv4 or IPv6 address, not {shown(text)}") from error
    _check_zone(found.partition("%")[2])
    return found


def _check_zone(zone: str) -> None:
    """Raise Usage where this machine has no such interface: nothing could be sent."""
    if not zone or is_digits(zone):
        return
    from dnstrace.network.live import endpoint as socket_address

    try:
        socket_address(f"fe80::1%{zone}", 0)
    except OSError as error:
        raise Usage(f"this machine has no network interface {shown(zone)}") from error


def is_address(text: str) -> bool:
    """Whether the text is meant as an IP address: IPv6 if it has a colon, IPv4 if it is four numbers."""
    numbers = text.partition("%")[0].split(".")
    return ":" in text or (len(numbers) == 4 and all(map(is_digits, numbers)))


def source(text: str) -> str:
    """An address of this host to ask from, without dig's `#port`: a fixed port is easy to spoof."""
    if "#" in text:
        raise Usage(
            f"must be an address without a port, not {shown(text)}: each query has its own port (RFC 5452)"
        )
    return endpoint(text)


def network(text: str) -> bytes:
    """An address and the length of its prefix, as the data of the client subnet option (RFC 7871 section 6).

    The default length is 24 for IPv4 and 56 for IPv6, the most that RFC 7871 section 11.1 recommends; `0`
    stands for 0.0.0.0/0, as with dig.
    """
    import dns.edns

    head, slash, length = ("0.0.0.0/0" if text == "0" else text).partition("/")
    bits = 128 if ":" in head else 32
    usual = str(56 if bits == 128 else 24)
    if not is_digits(length or usual) or int(length or usual) > bits or (slash and not length):
        raise Usage(f"must be a network such as 192.0.2.0/24 or 2001:db8::/56, not {shown(text)}")
    return dns.edns.ECSOption(address(head), int(length or usual)).to_wire() or b""
