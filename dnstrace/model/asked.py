"""What is asked: questions, queries, and how a user wants them put."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from enum import StrEnum

import dns.name
import dns.rdataclass
import dns.rdatatype

from dnstrace.model.allowed import (
    PAYLOAD,
    PORT,
    SAFE_PAYLOAD,
    TRIES,
    check_address,
    check_kind,
    check_seconds,
    check_whole,
)
from dnstrace.model.kept import kept
from dnstrace.model.known_name import NAMES, KnownName, known, remember
from dnstrace.model.mnemonics import register
from dnstrace.model.structs import Struct, field

register()  # before anything reads or writes a type

Name = dns.name.Name
ROOT = known(dns.name.root)


class Question(Struct):
    """What is asked: QNAME, QTYPE and QCLASS (RFC 1035 section 4.1.2)."""

    name: Name
    rdtype: dns.rdatatype.RdataType
    rdclass: dns.rdataclass.RdataClass = dns.rdataclass.IN

    def __str__(self) -> str:
        return f"{self.name} {dns.rdatatype.to_text(self.rdtype)}"

    def __reduce__(self) -> tuple[Callable[..., Question], tuple[object, ...]]:
        if isinstance(self.name, KnownName):
            return _asked, (self.name.labels, self.rdtype, self.rdclass)
        return Question, (self.name, self.rdtype, self.rdclass)


def _asked(
    labels: tuple[bytes, ...], rdtype: dns.rdatatype.RdataType, rdclass: dns.rdataclass.RdataClass
) -> Question:
    """A question that is unpickled: a process that traces it compares its name as often as the first one."""
    return Question(NAMES.get(labels) or remember(labels), rdtype, rdclass)


def family_of(address: str) -> int:
    """The address family of an address in text form: 4 or 6."""
    return 6 if ":" in address else 4


class Transport(StrEnum):
    """How a query travels."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"  # RFC 7858; to resolvers, and with `--adot` to name servers
    HTTPS = "https"  # RFC 8484; to resolvers only

    @property
    def port(self) -> int:
        """The port that it goes to by default."""
        return _PORTS[self]


_PORTS = {Transport.UDP: 53, Transport.TCP: 53, Transport.TLS: 853, Transport.HTTPS: 443}


class Edns(Struct):
    """The OPT record of a query (RFC 6891).

    `options` holds (code, data) pairs, the data in wire format.
    """

    payload: int = SAFE_PAYLOAD
    dnssec_ok: bool = True
    options: tuple[tuple[int, bytes], ...] = ()
    version: int = 0


@kept(most=64)
def _shape(edns: Edns) -> Hashable:
    return edns.version, edns.payload, edns.dnssec_ok, edns.options


class Query(Struct):
    """One query to one address. Its message ID and source port belong to the network.

    `endpoint` is the name that the certificate must be for over TLS, and the URL over HTTPS; `address` is
    then the address of the URL's host, or its name. With `opportunistic`, any certificate is taken over TLS
    (RFC 9539), and `endpoint` is only the name by which the server is called. `zone` is that for which the
    address is asked, if it is known: nothing of the query itself, and equal queries may have other zones.
    """

    question: Question
    address: str
    port: int = Transport.UDP.port
    transport: Transport = Transport.UDP
    edns: Edns | None = Edns()
    recursion_desired: bool = False
    checking_disabled: bool = False
    endpoint: str = ""
    opportunistic: bool = False
    zone: Name | None = field(default=None, compare=False)

    @property
    def family(self) -> int:
        """4 or 6."""
        return family_of(self.address)

    @property
    def dnssec_ok(self) -> bool:
        """Whether it has the DO bit, which asks for signatures and denials (RFC 3225 section 3)."""
        return self.edns is not None and self.edns.dnssec_ok

    @property
    def way(self) -> Hashable:
        """The address, and how it is asked, whatever the question."""
        shape = self.edns and _shape(self.edns)
        flags = self.recursion_desired, self.checking_disabled
        return self.address, self.port, self.transport, self.endpoint, shape, *flags


class Settings(Struct):
    """How to ask: everything about the queries that a user can choose.

    `families` has 4, 6 or both. `timeout` is in seconds for one try, `tries` is how often one address is
    asked at most. `bind` is the source address, or None for the system's choice. `prime` first asks a root
    server for the root's NS set (RFC 9609), `qmin` reveals one more label to each server (RFC 9156).
    `all_servers` asks every address of every server at each cut of the walk; `probe`, which needs it, asks
    the servers of the zones in which the walk ends further questions (`dnstrace.walk.probing`). With `adot`
    the name servers are asked over TLS too (`dnstrace.walk.encrypting`).

    Raises ValueError for a value that the command line would not accept.
    """

    families: frozenset[int] = frozenset({4, 6})
    port: int = Transport.UDP.port
    tcp: bool = False
    edns: Edns | None = Edns()
    timeout: float = 2.0
    tries: int = 3
    bind: str | None = None
    prime: bool = False
    qmin: bool = False
    all_servers: bool = False
    probe: bool = False
    adot: bool = False

    def __post_init__(self) -> None:
        check_kind("families", self.families, frozenset | set, "a set of 4, 6 or both")
        if not self.families or self.families - {4, 6}:
            raise ValueError(f"families must be 4, 6 or both, not {sorted(self.families, key=str)}")
        check_whole("port", self.port, PORT)
        check_seconds("timeout", self.timeout)
        check_whole("tries", self.tries, TRIES)
        if self.edns is not None:
            check_kind("edns", self.edns, Edns, "an Edns or None")
            check_whole("payload", self.edns.payload, PAYLOAD)
        if self.bind is not None:
            check_address("bind", self.bind)


class Resolver(Struct):
    """A recursive resolver to ask.

    `endpoint` is the name that its certificate must be for over TLS, and its URL over HTTPS; `address` may
    then be the name of the URL's host.
    """

    address: str
    port: int = Transport.UDP.port
    transport: Transport = Transport.UDP
    endpoint: str = ""
