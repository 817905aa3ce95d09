"""Where a walk starts: root hints, or a server given by the user. Priming is `descent.Walk.prime`.

The hints in the package (data/root.hints) are IANA's (RFC 9609 section 2.1); their date is in the file.
"""

from __future__ import annotations

from functools import cache
from ipaddress import ip_address
from typing import TYPE_CHECKING

import dns.name

from dnstrace import data
from dnstrace.model import ROOT, Address, Delegation, Name, NameServer, Source
from dnstrace.model.addresses import address_of
from dnstrace.model.known_name import known

if TYPE_CHECKING:
    from pathlib import Path

    import dns.zone

_TTL = 518400  # seconds, for records without one; nothing here depends on it
_DIRECTIVES = ("$ORIGIN", "$TTL")  # not $INCLUDE or $GENERATE: one file, and only as long as it looks
LONGEST = 2**18
"""Characters of a hints file: room for some thousand servers."""


class HintsError(ValueError):
    """The root hints cannot be used; the message is one line that says why."""


@cache
def root_hints() -> Delegation:
    """The root servers according to the package, which are read once."""
    text = data.text("root.hints")
    return parse_package_hints(text)


def parse_package_hints(text: str) -> Delegation:
    """The root servers from a file as plain as the package's own: owner, TTL, type and data on each line.

    The same as `parse_hints` gives, without dnspython's reader: importing and using that takes longer than
    everything else that happens before the first query.
    """
    found: dict[Name, list[Address]] = {}
    for words in filter(None, (line.partition(";")[0].split() for line in text.splitlines())):
        owner, _, rdtype, data = words
        name = known(dns.name.from_text((data if rdtype == "NS" else owner).lower()))
        if rdtype == "NS":
            found[name] = []
        else:
            found[name].append(Address(str(ip_address(data)), Source.HINT))
    return Delegation(ROOT, tuple(NameServer(name, tuple(addresses)) for name, addresses in found.items()))


def read_hints(path: str | Path) -> Delegation:
    """The root servers from a hints file in master-file format (RFC 1035 section 5).

    Raises HintsError when the file cannot be read, is not a hints file, or has no address.
    """
    try:
        with open(path, encoding="utf-8-sig") as file:
            text = file.read(LONGEST + 1)
    except OSError as error:
        raise HintsError(f"cannot read the root hints {path}: {error.strerror}") from error
    except ValueError as error:
        raise HintsError(f"{path} is not a root hints file: it has octets that are not UTF-8") from error
    return parse_hints(text, str(path))


def parse_hints(text: str, where: str) -> Delegation:
    """The root servers from the text of a hints file; `where` is what errors call it. Raises HintsError."""
    import dns.rdatatype

    from dnstrace.message.masterfile import BadLine, records

    if len(text) > LONGEST:
        raise HintsError(f"{where} is not a root hints file: it is longer than {LONGEST:,} characters")
    try:
        zone = records(text, _TTL, _DIRECTIVES)
    except BadLine as error:
        raise HintsError(f"{where}, line {error.number}: not a root hint: {error.reason}") from error
    servers = zone.get_rdataset(ROOT, dns.rdatatype.NS) or ()
    names = (known(rdata.target.canonicalize()) for rdata in servers)
    return _checked_servers([_hinted_server(zone, name) for name in names], where)


def _hinted_server(zone: dns.zone.Zone, name: Name) -> NameServer:
    found = (zone.get_rdataset(name, rdtype) or () for rdtype in ("A", "AAAA"))
    texts = filter(None, (address_of(rdata) for rdataset in found for rdata in rdataset))
    return NameServer(name, tuple(Address(str(ip_address(text)), Source.HINT) for text in texts))


def _checked_servers(servers: list[NameServer], where: str) -> Delegation:
    if not servers:
        raise HintsError(f"{where} has no root server: a line such as '. NS a.root-servers.net.' is needed")
    if not any(server.addresses for server in servers):
        raise HintsError(f"{where} has no address for its root servers: A or AAAA records are needed")
    return Delegation(ROOT, tuple(servers))


def given_server(addresses: tuple[str, ...]) -> Delegation:
    """Servers given by address instead of the root servers (`@SERVER`); their names are not known."""
    found = tuple(Address(address, Source.GIVEN) for address in addresses)
    return Delegation(ROOT, (NameServer(ROOT, found),))
