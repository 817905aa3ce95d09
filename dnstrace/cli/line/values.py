"""From the text of an argument to its value: each converter says in its Usage what would be right.

A converter takes the text and raises Usage with a message that reads on after the option's name,
such as "must be a number ...". dnspython is imported only when a name or a type is read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dnstrace.cli.line import habits
from dnstrace.cli.usage import Usage, harmless, meant, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from dns.name import Name
    from dns.rdatatype import RdataType

    from dnstrace.model.asked import Resolver
    from dnstrace.model.expectations import Expectation

_SECONDS_DIGITS, _PACKED_DIGITS = 12, 14
# No mnemonics of types that can be asked for: the reserved type 0, and what has no meaning in a
# question that is walked (RFC 6891 section 6.1.1, RFC 8945, RFC 2930, RFC 9824; transfers are no queries).
_NO_QUESTION = frozenset({"OPT", "TSIG", "TKEY", "IXFR", "AXFR", "NXNAME"})
_HIDDEN = frozenset({"TYPE0", "NONE"})


def whole(lowest: int, highest: int) -> Callable[[str], int]:
    """A converter for whole numbers from `lowest` to `highest`."""

    def convert(text: str) -> int:
        if _digits(text) and len(text) <= 20 and lowest <= int(text) <= highest:
            return int(text)
        raise Usage(f"must be a whole number from {lowest} to {highest}, not {shown(text)}")

    return convert


def within(bounds: str) -> Callable[[str], int]:
    """A converter for whole numbers within bounds of `dnstrace.model.allowed`, such as `PORT`."""

    def convert(text: str) -> int:
        from dnstrace.model import allowed

        return whole(*getattr(allowed, bounds))(text)

    return convert


def seconds(text: str) -> float:
    """A time in seconds, more than 0 and at most a day."""
    from dnstrace.model.allowed import LONGEST

    if _digits(text.replace(".", "", 1)) and 0 < float(text) <= LONGEST:
        return float(text)
    raise Usage(f"must be a number of seconds, more than 0 and at most {LONGEST:.0f}, not {shown(text)}")


def moment(text: str) -> float:
    """A time in seconds since 1970: given so, as YYYYMMDDHHmmSS (RFC 4034 section 3.2), or in ISO 8601."""
    from datetime import UTC, datetime

    try:
        if text.isascii() and text.isdigit() and len(text) <= _SECONDS_DIGITS:
            return float(text)
        packed = text.isdigit() and len(text) == _PACKED_DIGITS
        found = datetime.strptime(text, "%Y%m%d%H%M%S") if packed else datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError) as error:
        example = "2026-01-31T12:00:00Z, 20260131120000 or 1769860800"
        raise Usage(f"must be a time such as {example}, not {shown(text)}") from error


def expectations(text: str) -> tuple[Expectation, ...]:
    """What is expected of a trace: one or several expectations."""
    from dnstrace.analysis.expectations import WORDS, ExpectationError, parse

    try:
        return parse(text)
    except ExpectationError as error:
        near = meant(error.word, WORDS)
        raise Usage(f"{shown(error.part)}: {harmless(error.why)}{near}") from error


def finding(text: str) -> str:
    """The code of a finding, or `list`."""
    from dnstrace.checks import CATALOGUE

    if text == "list" or text in CATALOGUE:
        return text
    near = meant(text, CATALOGUE)
    raise Usage(f"{shown(text)} is no finding{near or '; `--explain list` lists them'}")


def one_of(*words: str) -> Callable[[str], str]:
    """A converter for one of a few words."""

    def convert(text: str) -> str:
        if text in words:
            return text
        raise Usage(f"must be {', '.join(words[:-1])} or {words[-1]}, not {shown(text)}{meant(text, words)}")

    return convert


def file(text: str) -> str:
    """The path of a file; whether it can be read shows when it is."""
    if not text or "\0" in text:
        raise Usage(f"must be the path of a file, not {shown(text)}")
    return text


def is_file(text: str) -> bool:
    """Whether a word is the path of a file rather than a name to trace, be it that there is none."""
    import os

    return os.path.isfile(text) or text.endswith((".json", ".gz")) or text.startswith(("/", "./", "../"))


def address(text: str) -> str:
    """An IPv4 or IPv6 address in canonical text form (RFC 5952)."""
    import dns.exception
    import dns.inet

    try:
        return str(dns.inet.canonicalize(text))
    except (ValueError, dns.exception.DNSException) as error:
        raise Usage(f"must be an IPv4 or IPv6 address, not {shown(text)}") from error


def source(text: str) -> str:
    """An address of this host to ask from, without dig's `#port`: a fixed port is easy to spoof."""
    if "#" in text:
        raise Usage(f"must be an address alone, not {shown(text)}: each query has its own port (RFC 5452)")
    return address(text)


def scheduler(text: str) -> str:
    """The address of a Dask scheduler: `host:port`, with a protocol before it or without."""
    host, colon, port = text.rpartition("://")[2].rpartition(":")
    if not host or not colon or not _digits(port) or not text.isprintable() or " " in text:
        raise Usage(f"must be the address of a Dask scheduler, such as tcp://host:8786, not {shown(text)}")
    return text


def network(text: str) -> bytes:
    """An address and the length of its prefix, as the data of the client subnet option (RFC 7871 section 6).

    Without a length it is 24 for IPv4 and 56 for IPv6, which RFC 7871 section 11.1 recommends at most; `0`
    stands for 0.0.0.0/0, as with dig.
    """
    import dns.edns

    head, slash, length = ("0.0.0.0/0" if text == "0" else text).partition("/")
    bits = 128 if ":" in head else 32
    usual = str(56 if bits == 128 else 24)
    if not _digits(length or usual) or int(length or usual) > bits or (slash and not length):
        raise Usage(f"must be a network such as 192.0.2.0/24 or 2001:db8::/56, not {shown(text)}")
    return dns.edns.ECSOption(address(head), int(length or usual)).to_wire() or b""


def server(text: str) -> str:
    """What follows the @: the address of a server, or its name."""
    if not text:
        raise Usage("must be followed by a server, such as @192.0.2.53")
    habits.server(text)
    return address(text) if is_address(text) else str(name(text))


def resolvers(text: str) -> tuple[Resolver, ...]:
    """Recursive resolvers: one by its address or URL, or those of the `system`."""
    from dnstrace.cli.line.resolvers import resolvers

    return resolvers(text)


def is_address(text: str) -> bool:
    """Whether the text is meant as an IP address: IPv6 if it has a colon, IPv4 if it is four numbers."""
    return ":" in text or (text.count(".") == 3 and all(map(_digits, text.split("."))))


@dataclass(frozen=True, slots=True)
class Subject:
    """A name to trace, and the type to ask for where none is given; the URL where it was one."""

    name: Name
    rdtype: RdataType
    url: str = ""


def subject(text: str) -> Subject:
    """What a bare word stands for: a name, the host of a URL, or the reverse name of an address."""
    if "://" in text:
        return replace(subject(host(text)), url=text)
    if habits.is_url(text := text.strip()):
        return subject(f"https://{text}")
    habits.unlikely(text)
    before, colon, port = text.rpartition(":")
    if colon and ":" not in before and _digits(port) and not is_address(before):
        raise Usage(f"{shown(text)} is no name: the port is given with -p, as in {shown(before)} -p {port}")
    if is_address(without_dot := text.removesuffix(".")):
        return reverse(without_dot)
    return named(text)


def named(text: str) -> Subject:
    """A name, whatever it looks like."""
    import dns.rdatatype

    return Subject(name(text), dns.rdatatype.A)


def reverse(text: str) -> Subject:
    """The name under in-addr.arpa or ip6.arpa that stands for an address (RFC 1035 section 3.5, RFC 3596).

    As with dig, the beginning of an IPv4 address (`-x 192.0.2`) stands for the zone of that network.
    """
    import dns.name
    import dns.rdatatype
    import dns.reversename

    octets = text.split(".")
    if len(octets) < 4 and all(_digits(each) and len(each) < 4 and int(each) < 256 for each in octets):
        origin = dns.reversename.ipv4_reverse_domain
        return Subject(dns.name.from_text(".".join(reversed(octets)), origin), dns.rdatatype.PTR)
    return Subject(dns.reversename.from_address(address(text)), dns.rdatatype.PTR)


def host(text: str) -> str:
    """The host of a URL."""
    from urllib.parse import urlsplit

    try:
        found = urlsplit(text).hostname
    except ValueError:
        found = None
    if not found:
        raise Usage(f"the URL {shown(text)} has no host to trace")
    return found


def name(text: str) -> Name:
    """A domain name as people write it: in ASCII with the escapes of RFC 1035, or in Unicode (IDNA 2008)."""
    import dns.name

    if not text:
        raise Usage("the name is empty; the root is '.'")
    try:
        if text.isascii():
            return dns.name.from_text(text, idna_codec=dns.name.IDNA_2008)
        return dns.name.from_unicode(text, idna_codec=dns.name.IDNA_2008)
    except dns.name.LabelTooLong as error:
        raise Usage(f"{shown(text)} has a label of more than 63 octets (RFC 1035 section 2.3.4)") from error
    except dns.name.NameTooLong as error:
        raise Usage(f"{shown(text)} is longer than 255 octets (RFC 1035 section 2.3.4)") from error
    except dns.name.EmptyLabel as error:
        raise Usage(f"{shown(text)} has an empty label: two dots in a row, or one at the start") from error
    except dns.name.BadEscape as error:
        raise Usage(
            f"{shown(text)} has a broken escape: \\ takes a character or three digits up to 255"
        ) from error
    except (dns.exception.DNSException, UnicodeError, ValueError, IndexError) as error:
        raise Usage(f"{shown(text)} is no valid internationalised name (RFC 5891)") from error


def is_type(text: str) -> bool:
    """Whether a bare word is a type: the mnemonic of one, or TYPEnnn (RFC 3597 section 5)."""
    upper = text.upper()
    return upper.replace("-", "_") in _mnemonics() or (upper.startswith("TYPE") and _digits(upper[4:]))


def are_types(text: str) -> bool:
    """Whether a word is several types with commas between them, as other tools take them."""
    return "," in text and all(map(is_type, text.split(",")))


def rdtype(text: str) -> RdataType:
    """A type that can be asked for, by its mnemonic or as TYPEnnn."""
    import dns.rdatatype

    if are_types(text):
        each = " ".join(text.split(","))
        raise Usage(f"{shown(text)} is no record type: several are words of their own, {shown(each)}")
    if not is_type(text):
        raise Usage(f"{shown(text)} is no record type{meant(text, types())}")
    upper = text.upper()
    if _digits(upper[4:]) and not (len(upper) < 10 and 0 < int(upper[4:]) < 65536):
        raise Usage(f"{shown(text)} is no record type: the number must be from 1 to 65535")
    found = dns.rdatatype.from_text(upper)
    if (mnemonic := dns.rdatatype.to_text(found)) in _NO_QUESTION:
        raise Usage(f"{mnemonic} cannot be traced: it is no type of data in a zone")
    return found


def types() -> tuple[str, ...]:
    """The mnemonics of all types that can be asked for."""
    return tuple(sorted(each.replace("_", "-") for each in _mnemonics() - _NO_QUESTION))


def _mnemonics() -> frozenset[str]:
    import dns.rdatatype

    return frozenset(dns.rdatatype.RdataType.__members__) - _HIDDEN


def world(text: str) -> str:
    """The name of a world of the lab, or `list`."""
    from dnstrace.lab.world import names

    if text in (known := (*names(), "list")):
        return text
    raise Usage(f"{shown(text)} is no world of the lab{meant(text, known)}; `dnstrace --lab list` lists them")


def _digits(text: str) -> bool:
    """Whether the text is digits; int() alone takes "1_000", " 7 " and the digits of other scripts."""
    return text.isascii() and text.isdigit()
