"""The simulated network of the benchmark: its zones, name servers and addresses. `serving.py` serves it.

It is for a network namespace of its own: the servers' addresses are put on its loopback interface. Those of
the root are the real ones, for programs that have them compiled in. Each of the others is in a network of its
own, of no range in which a name server cannot be.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address
from itertools import chain, cycle
from string import ascii_lowercase

import dns.name

from dnstrace.lab.signing import signed_zones
from dnstrace.lab.zone import LabZone, Sign
from dnstrace.walk.roots import root_hints

NAME, ADDRESS = "www.example.com", "192.0.2.44"
ROOT = "198.41.0.4"
_IPV4, _IPV6 = IPv4Address("11.0.0.53"), IPv6Address("2a00::53")

Hosts = tuple[str, ...]
"""The names of a zone's name servers."""


@dataclass(frozen=True)
class Scene:
    """A network: the name servers of each zone, and how many round trips NAME takes in it."""

    title: str
    round_trips: int
    zones: dict[str, Hosts]
    ipv6: bool = True
    pool: int = 0
    """How many pairs of addresses the name servers below the top-level domains share; 0: each has its own."""
    names: dict[str, tuple[str, ...]] = field(default_factory=lambda: {"example.com.": (f"{NAME}.",)})
    """The names with ADDRESS, by zone."""
    signed: frozenset[str] = frozenset()
    """The zones that are signed."""
    records: tuple[tuple[str, str], ...] = ()
    """Further records in master-file text, each with its zone."""

    @property
    def name(self) -> str:
        """The name that is traced: NAME where that is an alias, else the last of the names."""
        names = [name.removesuffix(".") for names in self.names.values() for name in names]
        return NAME if self.records else names[-1]


def _hosts(pattern: str, each: str) -> Hosts:
    return tuple(pattern.format(one) for one in each)


_ROOT = {str(server.name): tuple(a.text for a in server.addresses) for server in root_hints().servers}
_GTLD = _hosts("{}.gtld-servers.net.", ascii_lowercase[:13])
COMMON = {
    ".": (*_ROOT,),
    "root-servers.net.": (*_ROOT,),
    "gtld-servers.net.": _GTLD,
    "com.": _GTLD,
    "net.": _GTLD,
}
_TLDS = ("org.", "uk.")
_OWN_HOSTS = ("awsdns-64.com.", "awsdns-65.net.", "awsdns-66.org.", "awsdns-67.co.uk.")


def _deep(zone: str, below: int) -> list[str]:
    """A zone, and so many zones each below the one before."""
    return [".".join([*(f"z{n}" for n in range(count, 0, -1)), zone]) for count in range(below + 1)]


SCENES = (
    Scene(
        "With glue: example.com on four name servers of its own; root, com, example.com",
        3,
        COMMON | {"example.com.": _hosts("ns{}.example.com.", "1234")},
    ),
    Scene(
        "Without glue: example.com on four name servers under com, net, org and uk; root, com, com and"
        " awsdns-64.com for the address of the nearest, example.com",
        5,
        COMMON
        | {zone: _hosts("{}.nic." + zone, "abcd") for zone in _TLDS}
        | {zone: _hosts("g-ns-{}." + zone, "1234") for zone in _OWN_HOSTS}
        | {"example.com.": tuple(f"ns-{2048 + n}.{zone}" for n, zone in enumerate(_OWN_HOSTS))},
    ),
    Scene(
        "An alias: www.example.com is an alias of a name in example-cdn.com; root, com, example.com, com,"
        " example-cdn.com",
        5,
        COMMON | {zone: _hosts("ns{}." + zone, "1234") for zone in ("example.com.", "example-cdn.com.")},
        names={"example-cdn.com.": ("edge.example-cdn.com.",)},
        records=(("example.com.", f"{NAME}. 300 CNAME edge.example-cdn.com."),),
    ),
    Scene(
        "Deep: root, com, example.com and eight zones below it, each with two name servers and glue",
        11,
        COMMON | {zone: _hosts("ns{}." + zone, "12") for zone in _deep("example.com.", 8)},
        names={_deep("example.com.", 8)[-1]: (f"www.{_deep('example.com.', 8)[-1]}",)},
    ),
)


def same_sized(servers: int) -> tuple[Scene, Scene]:
    """The two networks with so many name servers, 13 at most, for every zone.

    Each has one address, an IPv4 one: so it costs the same to find it dead everywhere, and all replies fit
    512 octets, for programs that do without EDNS.
    """
    letters = ascii_lowercase[:servers]
    common = {zone: hosts[:servers] for zone, hosts in COMMON.items()}
    with_glue = common | {"example.com.": _hosts("ns{}.example.com.", letters)}
    without = common | {zone: _hosts("{}.nic." + zone, letters) for zone in _TLDS}
    without |= {zone: _hosts("g{}." + zone, letters) for zone in _OWN_HOSTS}
    under = zip(range(servers), cycle(_OWN_HOSTS), strict=False)
    without["example.com."] = tuple(f"ns-{2048 + n}.{zone}" for n, zone in under)
    return Scene("With glue", 3, with_glue, ipv6=False), Scene("Without glue", 5, without, ipv6=False)


def addresses(scene: Scene) -> dict[str, tuple[str, ...]]:
    """The addresses of each name server: IPv4, and IPv6 where the scene has it."""
    hosts = [host for host in dict.fromkeys(chain(*scene.zones.values())) if host not in _ROOT]
    own = [host for host in hosts if host in _GTLD or not scene.pool]
    sharing = (host for host in hosts if host not in own)
    numbers = {host: n for n, host in enumerate(own, 1)}
    numbers |= {host: len(own) + 1 + n % scene.pool for n, host in enumerate(sharing)}
    numbered = {host: (str(_IPV4 + (n << 16)), str(_IPV6 + (n << 80))) for host, n in numbers.items()}
    both = {host: _ROOT.get(host) or numbered[host] for host in (*_ROOT, *hosts)}
    return {host: tuple(a for a in own if scene.ipv6 or ":" not in a) for host, own in both.items()}


def hints(scene: Scene) -> str:
    """The root servers as a root hints file (RFC 9609 section 2.1)."""
    known = addresses(scene)
    lines = (f". 3600000 NS {host}\n" + _address_records(host, known[host]) for host in scene.zones["."])
    return "".join(lines)


def zones(scene: Scene) -> dict[str, LabZone]:
    """Every zone with its delegations, glue, and the addresses of the name servers that are named in it."""
    known = addresses(scene)
    text = {origin: f"{origin} 900 SOA ns. hostmaster. 1 1800 900 604800 900\n" for origin in scene.zones}
    for origin, hosts in scene.zones.items():
        ns = "".join(f"{origin} 172800 NS {host}\n" for host in hosts)
        text[origin] += ns
        if origin != ".":
            parent = _enclosing(scene, origin.partition(".")[2] or ".")
            glue = [host for host in hosts if parent == "." or host.endswith(f".{origin}")]
            text[parent] += ns + "".join(_address_records(host, known[host]) for host in glue)
    for host, own in known.items():
        text[_enclosing(scene, host)] += _address_records(host, own)
    for origin, names in scene.names.items():
        text[origin] += "".join(f"{name} 300 A {ADDRESS}\n" for name in names)
    for origin, record in scene.records:
        text[origin] += f"{record}\n"
    plain = {
        origin: LabZone(dns.name.from_text(origin), records, sign=Sign() if origin in scene.signed else None)
        for origin, records in text.items()
    }
    served = signed_zones([*plain.values()], datetime.now(UTC))
    return {origin: served[zone] for origin, zone in plain.items()}


def _enclosing(scene: Scene, name: str) -> str:
    """The deepest zone that `name` lies in."""
    while name not in scene.zones:
        name = name.partition(".")[2] or "."
    return name


def _address_records(host: str, own: tuple[str, ...]) -> str:
    return "".join(f"{host} 172800 {'AAAA' if ':' in address else 'A'} {address}\n" for address in own)
