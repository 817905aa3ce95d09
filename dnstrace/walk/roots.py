"""Where a walk begins: root hints, or a server given by the user. Priming is `descent.Walk.prime`.

The hints in the package (data/root.hints) are IANA's (RFC 9609 section 2.1); their date is in the file.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from pathlib import Path

import dns.exception
import dns.name

from dnstrace.model import ROOT, Address, Delegation, Name, NameServer, Source


class HintsError(ValueError):
    """The root hints cannot be used; the message is one line that says why."""


def root_hints() -> Delegation:
    """The root servers as the package knows them."""
    text = (resources.files("dnstrace") / "data" / "root.hints").read_text(encoding="ascii")
    return parse_hints(text, "the root hints in the package")


def read_hints(path: str | Path) -> Delegation:
    """The root servers from a hints file in master-file format (RFC 1035 section 5).

    Raises HintsError when the file cannot be read, is no hints file, or holds no address.
    """
    try:
        text = Path(path).read_text(encoding="ascii", errors="strict")
    except OSError as error:
        raise HintsError(f"cannot read the root hints {path}: {error.strerror}") from error
    except ValueError as error:
        raise HintsError(f"{path} is not a root hints file: it holds octets that are not ASCII") from error
    return parse_hints(text, str(path))


def parse_hints(text: str, where: str) -> Delegation:
    """The root servers from the text of a hints file; `where` is what errors call it."""
    names: list[Name] = []
    addresses: dict[Name, list[Address]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not (words := line.partition(";")[0].split()):
            continue
        try:
            owner, kind, value = _record(words)
            if kind == "NS" and owner == ROOT:
                names.append(_name(value))
            elif kind in _ADDRESS:
                address = Address(str(_ADDRESS[kind](value)), Source.HINT)
                addresses.setdefault(owner, []).append(address)
        except (dns.exception.DNSException, AddressValueError, ValueError) as error:
            raise HintsError(f"{where}, line {number}: not a root hint: {line.strip()[:60]!r}") from error
    return _checked(
        [NameServer(name, tuple(addresses.get(name, ()))) for name in dict.fromkeys(names)], where
    )


_ADDRESS: dict[str, Callable[[str], IPv4Address | IPv6Address]] = {"A": IPv4Address, "AAAA": IPv6Address}


def _record(words: list[str]) -> tuple[Name, str, str]:
    """Owner, type and last field of a record; TTL and class may be absent, in either order."""
    owner, *rest = words
    while len(rest) > 2 and (rest[0].isdigit() or rest[0].upper() == "IN"):
        rest.pop(0)
    kind, value = rest
    return _name(owner), kind.upper(), value


def _name(text: str) -> Name:
    return dns.name.from_text(text.lower())


def _checked(servers: list[NameServer], where: str) -> Delegation:
    if not servers:
        raise HintsError(f"{where} names no root server: a line like '. NS a.root-servers.net.' is needed")
    if not any(server.addresses for server in servers):
        raise HintsError(f"{where} has no address for its root servers: A or AAAA records are needed")
    return Delegation(ROOT, tuple(servers))


def given_server(addresses: tuple[str, ...]) -> Delegation:
    """Servers given by address, in the place of the root's (`@SERVER`); their name is not known."""
    found = tuple(Address(address, Source.GIVEN) for address in addresses)
    return Delegation(ROOT, (NameServer(ROOT, found),))
