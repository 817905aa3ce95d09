"""Random broken networks for the lab, and what a complete search of one comes to.

`made(seed)` is a network: a tree of zones whose name servers lie in the zone, beside it or elsewhere, with
glue that is right, wrong or missing, aliases that may lead nowhere, and servers with faults. `Search` is the
model to hold the walk against. It knows the whole network and asks nobody: which zones have a server
that can be found and answers is a least fixed point, and needs neither order nor time.

Left out, since it would not be the same for every order in which servers are asked: a server of a zone and
of one above it (whoever asks it skips the cuts between), empty replies beside resolvers' answers or beside
servers that drop EDNS (what is silent is not tried again once a reply was empty), and a router's word that
a host is unreachable (three of those stand for a family without a route).

Glue that a walk happens to meet on its way to something else can serve it too. The model knows only what
is met on the way to the host itself: in about one network of a thousand, none of the first 500, the walk
finds more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

import dns.rdatatype

from dnstrace.lab.world import Foreseen, World, WorldServer
from dnstrace.lab.zone import LabZone
from dnstrace.model import Address, Delegation, NameServer, Outcome, Question, Source
from tests.replies import name

HARMLESS: tuple[tuple[str, ...], ...] = (
    ("no-aa",),
    ("truncates",),
    ("no-edns",),
    ("bad-version",),
    ("slow=900",),
    ("spoofed=3",),
)
FATAL: tuple[tuple[str, ...], ...] = (
    ("silent",),
    ("unreachable",),
    ("refuses",),
    ("servfail",),
    ("not-implemented",),
    ("upward",),
    ("lame",),
    ("garbage",),
    ("wrong-id",),
    ("truncates=always",),
    ("truncates", "no-tcp"),
)
EMPTY = ("empty",)
ELSE: tuple[tuple[str, ...], ...] = (("recursive",), ("drops-edns",))
"""Harmless too, but in no network that has empty replies."""

DEPTH = 5
LABELS = ("www", "www", "www", "web", "none", "")
"""What is asked for in a zone; an empty label is the zone's own name."""


@dataclass
class Made:
    """A zone. `servers` are its name servers; `glue` what it says of those of the zones below it."""

    origin: str
    parent: Made | None = None
    servers: list[Host] = field(default_factory=list)
    glue: dict[str, str] = field(default_factory=dict)
    records: dict[str, str] = field(default_factory=dict)  # owner: address or alias

    def up(self) -> list[Made]:
        """The zones from the root to this one."""
        return [*([] if self.parent is None else self.parent.up()), self]

    def owns(self, owner: str) -> bool:
        """Whether a name is at or below the origin."""
        return name(owner).is_subdomain(name(self.origin))

    def below(self, label: str) -> str:
        """A name with one label more than the origin, which is the name for an empty label."""
        if not label:
            return self.origin
        return f"{label}." if self.origin == "." else f"{label}.{self.origin}"


@dataclass
class Host:
    """A name server: its name's zone, its one address, its fault. A phantom's name does not exist."""

    name: str
    home: Made
    address: str
    does: tuple[str, ...] = ()
    phantom: bool = False
    serves: list[Made] = field(default_factory=list)


@dataclass
class Network:
    """The zones, the root's first, the hosts, and the name whose address is asked for."""

    zones: list[Made]
    hosts: list[Host]
    asked: str

    def roots(self) -> Delegation:
        """The root hints: they are right."""
        servers = self.zones[0].servers
        hints = tuple(NameServer(name(h.name), (Address(h.address, Source.HINT),)) for h in servers)
        return Delegation(name("."), hints)

    def world(self) -> World:
        """The network as the lab serves it."""
        served = {zone.origin: LabZone(name(zone.origin), "".join(self._text(zone))) for zone in self.zones}
        servers = tuple(
            WorldServer(
                name(h.name), {h.address: 0.02}, h.does, tuple(served[zone.origin] for zone in h.serves)
            )
            for h in self.hosts
            if not h.phantom
        )
        question = Question(name(self.asked), dns.rdatatype.A)
        expect = Foreseen(Outcome.ANSWER)
        return World("made", "", question, expect, servers, tuple(served.values()))

    def _text(self, zone: Made) -> Iterator[str]:
        yield "@ 900 SOA ns hostmaster 1 7200 900 1209600 300\n"
        delegated = [zone, *(child for child in self.zones if child.parent is zone)]
        for cut in delegated:
            yield from (f"{cut.origin} NS {host.name}\n" for host in cut.servers)
        for owner, data in {**zone.glue, **zone.records}.items():
            yield f"{owner} {_type(data)} {data}\n"


def _type(data: str) -> str:
    return "AAAA" if ":" in data else "A" if data[-1].isdigit() else "CNAME"


# --- making one ---------------------------------------------------------------------------------


def made(seed: int) -> Network:
    """The network of this seed."""
    random = Random(seed)
    zones = _zones(random)
    hosts = [_host(random, number, zones) for number in range(random.randint(len(zones), 2 * len(zones)))]
    for zone in zones:
        _staff(random, zone, hosts)
    for zone in zones[1:]:
        for host in zone.servers:
            _glue(random, zone, host)
    for host in hosts:
        if not host.phantom:
            host.home.records[host.name] = host.address
    _break(random, hosts)
    _fill(random, zones)
    deep = max(random.sample(zones, min(3, len(zones))), key=lambda zone: len(zone.up()))
    return Network(zones, hosts, deep.below(random.choice(LABELS)))


def _zones(random: Random) -> list[Made]:
    zones = [Made(".")]
    for number in range(random.randint(2, 7)):
        parent = random.choice([zone for zone in zones if len(zone.up()) <= DEPTH][-3:])
        zones.append(Made(parent.below(f"z{number}"), parent))
    return zones


def _host(random: Random, number: int, zones: list[Made]) -> Host:
    home = zones[number % len(zones)]
    address = f"2001:db8::{number + 1}" if random.random() < 0.2 else f"10.0.0.{number + 1}"
    return Host(
        home.below(f"ns{number}"), home, address, phantom=number >= len(zones) and random.random() < 0.1
    )


def _staff(random: Random, zone: Made, hosts: list[Host]) -> None:
    """Give a zone one to three name servers, its own first; none of a zone above it."""
    above = zone.up()[:-1]
    free = [h for h in hosts if not any(served in above for served in h.serves)]
    own = [h for h in free if h.home is zone and not h.phantom]
    wanted = own if zone.parent is None or random.random() < 0.6 else []
    others = [h for h in free if h not in wanted and not (zone.parent is None and h.phantom)]
    zone.servers = [*wanted[:2], *random.sample(others, min(len(others), random.randint(not wanted, 2)))]
    if all(host.phantom for host in zone.servers):
        hosts.append(Host(zone.below("ns"), zone, f"10.0.1.{len(hosts) + 1}"))
        zone.servers.append(hosts[-1])
    for host in zone.servers:
        host.serves.append(zone)


def _glue(random: Random, zone: Made, host: Host) -> None:
    """What the parent says of a name server's address: nothing, the truth, or something false."""
    parent = zone.parent
    assert parent is not None
    needed = zone.owns(host.name)
    if not parent.owns(host.name) or host.home is parent or random.random() < (0.15 if needed else 0.5):
        return
    false = [f"10.9.9.{random.randint(1, 9)}", random.choice(parent.servers).address]
    wrong = host.phantom or random.random() < 0.15
    parent.glue.setdefault(host.name, random.choice(false) if wrong else host.address)


def _break(random: Random, hosts: list[Host]) -> None:
    share = random.choice((0.05, 0.2, 0.5))
    usual = (*HARMLESS, *FATAL, *FATAL)
    faults = (*usual, *[EMPTY] * 4) if random.random() < 0.3 else (*usual, *ELSE, *ELSE)
    for host in hosts:
        if random.random() < share:
            host.does = random.choice(faults)


def _fill(random: Random, zones: list[Made]) -> None:
    """In each zone `www` with an address or as an alias, and perhaps `web` as an alias."""
    for number, zone in enumerate(zones):
        target = random.choice(zones).below(random.choice(("www", "web", "web", "none")))
        zone.records[zone.below("www")] = target if random.random() < 0.3 else f"192.0.2.{number + 1}"
        if random.random() < 0.5:
            zone.records[zone.below("web")] = random.choice(zones).below("www")


# --- the model ----------------------------------------------------------------------------------


class Search:
    """What a complete search of a network comes to."""

    def __init__(self, network: Network) -> None:
        self._zones = network.zones
        self._at = {host.address: host for host in network.hosts if not host.phantom}
        self._asked = network.asked
        self._usable: list[Made] = []  # the zones that have a server which can be found and answers
        while found := [zone for zone in self._zones if zone not in self._usable and self._answered(zone)]:
            self._usable += found

    def outcome(self) -> tuple[Outcome, str]:
        """What the question comes to, and the address where there is one."""
        owner, seen = self._asked, set[str]()
        while owner not in seen:
            seen.add(owner)
            home = self._home(owner)
            unusable = next((zone for zone in home.up() if zone not in self._usable), None)
            if unusable is not None:
                return self._last_resort(unusable), ""
            data = home.records.get(owner)
            if data is None:
                return (Outcome.NODATA if owner == home.origin else Outcome.NXDOMAIN), ""
            if _type(data) != "CNAME":
                return (Outcome.ANSWER, data) if _type(data) == "A" else (Outcome.NODATA, "")
            owner = data
        return Outcome.FAILED, ""

    def _home(self, owner: str) -> Made:
        """The deepest zone that holds a name."""
        return max((zone for zone in self._zones if zone.owns(owner)), key=lambda zone: len(zone.up()))

    def _answered(self, zone: Made) -> bool:
        return any(self._good(address, zone) for address in self._addresses(zone))

    def _good(self, address: str, zone: Made) -> bool:
        host = self._at.get(address)
        return host is not None and zone in host.serves and host.does not in (*FATAL, EMPTY)

    def _addresses(self, zone: Made) -> Iterator[str]:
        """Every address that can be found for the name servers of a zone: hint, glue, looked up."""
        for host in zone.servers:
            if zone.parent is None or (self._reached(host.home) and not host.phantom):
                yield host.address
            for cut in (zone, *host.home.up()):  # a look-up meets the glue on its way
                parent = cut.parent
                if parent is not None and host in cut.servers and host.name in parent.glue:
                    yield from (parent.glue[host.name],) if cut is zone or self._reached(parent) else ()

    def _reached(self, zone: Made) -> bool:
        """Whether this zone and every one above it have a server that answers."""
        return all(each in self._usable for each in zone.up())

    def _last_resort(self, zone: Made) -> Outcome:
        """An empty reply is taken for NODATA when no server gives better (RFC 2308 section 2.2)."""
        hosts = [self._at[address] for address in self._addresses(zone) if address in self._at]
        return Outcome.NODATA if any(host.does == EMPTY for host in hosts) else Outcome.FAILED
