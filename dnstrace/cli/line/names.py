"""Names on the command line: what a word stands for that is a name, a URL, an address or a server.

dnspython is imported only when a name is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dnstrace.cli.line import habits
from dnstrace.cli.line.addresses import address, endpoint, is_address
from dnstrace.cli.line.values import is_digits
from dnstrace.cli.usage import Usage, shown

if TYPE_CHECKING:
    from dns.name import Name
    from dns.rdatatype import RdataType


_NOT_OF_DNS = frozenset(
    map(str, (21, 22, 25, 80, 110, 143, 443, 465, 587, 993, 995, 8000, 8008, 8080, 8443, 8888))
)
"""Ports of the web, of mail and of other services that have a name before them."""


class Subject(NamedTuple):
    """A name to trace, and the type to ask for where none is given; the URL where it was one.

    `remark` is what the user should know of how the name was read, or empty.
    """

    name: Name
    rdtype: RdataType
    url: str = ""
    remark: str = ""


def subject(text: str) -> Subject:
    """What a bare word stands for: a name, the host of a URL, or the reverse name of an address."""
    from dnstrace.message.written import is_url

    if "://" in text:
        return subject(host(text))._replace(url=text)
    if is_url(text := text.strip()):
        return subject(f"https://{text}")
    habits.unlikely(text)
    before, colon, port = text.rpartition(":")
    if colon and ":" not in before and is_digits(port) and not is_address(before):
        raise Usage(f"{shown(text)} is not a name: {_about_port(before, port)}")
    if is_address(without_dot := text.removesuffix(".")):
        return reverse(without_dot)
    return named(text)


def _about_port(name: str, port: str) -> str:
    """What to do about the port of a name: whether it is likely to be that of a name server."""
    if port in _NOT_OF_DNS:
        return f"give the name alone, as in {shown(name)} (-p is the port of name servers)"
    return f"give the port with -p, as in {shown(name)} -p {port}"


def named(text: str) -> Subject:
    """A name, whatever it looks like."""
    import dns.rdatatype

    found, valid = _name_of(text)
    if valid:
        return Subject(found, dns.rdatatype.A)
    why = "IDNA 2008 does not allow this name, but browsers and dig take it (UTS 46)"
    remark = f"{shown(text)} is traced as {found.to_text(omit_final_dot=True)}: {why}"
    return Subject(found, dns.rdatatype.A, remark=remark)


def reverse(text: str) -> Subject:
    """The name under in-addr.arpa or ip6.arpa that stands for an address (RFC 1035 section 3.5, RFC 3596).

    As with dig, the beginning of an IPv4 address (`-x 192.0.2`) stands for the zone of that network.
    """
    import dns.name
    import dns.rdatatype
    import dns.reversename

    octets = text.split(".")
    if len(octets) < 4 and all(is_digits(each) and len(each) < 4 and int(each) < 256 for each in octets):
        origin = dns.reversename.ipv4_reverse_domain
        return Subject(dns.name.from_text(".".join(reversed(octets)), origin), dns.rdatatype.PTR)
    return Subject(dns.reversename.from_address(address(text)), dns.rdatatype.PTR)


def host(text: str) -> str:
    """The host of a URL."""
    from dnstrace.message.written import host_of

    if not (found := host_of(text)):
        raise Usage(f"the URL {shown(text)} has no host to trace")
    return found


def server(text: str) -> str:
    """What follows the @: the address of a server, or its name."""
    if not text:
        raise Usage("must be followed by a server, such as @192.0.2.53")
    habits.server(text)
    return endpoint(text) if is_address(text) else str(name(text))


def server_named(text: str) -> str:
    """The address of a server, or its name, as the value of an option."""
    try:
        habits.server(text)
    except Usage:
        text = ""
    if not text:
        raise Usage("must be the name or the address of one server, such as ns1.example.com")
    return server(text)


def name(text: str) -> Name:
    """A domain name as people write it: in ASCII with the escapes of RFC 1035, or in Unicode.

    Unicode is read by IDNA 2008, or as browsers do (`dnstrace.message.unicode_names`).
    """
    return _name_of(text)[0]


def _name_of(text: str) -> tuple[Name, bool]:
    """A name, and whether IDNA 2008 has it."""
    if not text:
        raise Usage("the name is empty; the root is '.'")
    try:
        from dnstrace.message.written import read_name

        return read_name(text)
    except ValueError as error:
        raise Usage(f"{shown(text)} {error}") from error
