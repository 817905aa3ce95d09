"""Made-up delegations in which two or three things go wrong at a time.

`made(number)` is a small internet: two root servers, two of com and net, and the zone example.com with two
to four name servers inside it or elsewhere, signed or not. Two faults, of all pairs of FAULTS in turn, are
put on its servers, on those of com, or into the copy of the zone that one of its servers has. `three(number)`
is the same with three faults, taken at random.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import combinations
from random import Random
from typing import Any

from dnstrace import Settings, Trace, trace
from dnstrace.dnssec import parse_anchors
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import World
from dnstrace.lab.worldfile import build
from dnstrace.model import Address, Delegation, NameServer, Source
from tests.replies import name

SERVERS = tuple(
    f"does {text}"
    for text in (
        "silent", "silent=AAAA", "silent=DNSKEY", "silent=SOA", "silent=NS", "silent=A", "unreachable",
        "unreachable=host", "no-udp", "no-tcp", "loses-tcp", "drops-edns", "drops-large-udp", "slow=900",
        "refuses", "servfail", "not-implemented", "format-error", "no-edns", "bad-version", "bad-cookie",
        "lame", "recursive", "no-aa", "upward", "empty", "wrong-class", "other-name", "cname-and-data",
        "truncates", "truncates=always", "truncates=DNSKEY", "strips-signatures", "wrong-id",
        "wrong-question", "spoofed=3", "garbage", "denies-empty=www", "denies-empty=b", "bare-negative",
        "recurses", "gives-zone", "lowers-case", "echoes-options", "echoes-options=FORMERR", "no-soa",
        "two-soas", "drip",
    )
)  # fmt: skip
"""Faults of one server of the zone."""
ABOVE = tuple(
    f"above {text}"
    for text in ("silent", "refuses", "servfail", "upward", "lame", "no-edns", "truncates", "unreachable")
)
"""Faults of one server of com."""
COPIES: dict[str, Callable[[str], str]] = {
    "copy old": lambda text: text.replace("2026011501", "2026011400"),
    "copy old data": lambda text: text.replace("011501", "011400").replace("192.0.2.44", "192.0.2.66"),
    "copy other data": lambda text: text.replace("192.0.2.44", "192.0.2.66"),
    "copy lacks www": lambda text: "\n".join(x for x in text.split("\n") if not x.startswith("www")),
    "copy lacks empty": lambda text: "\n".join(x for x in text.split("\n") if not x.startswith("a.b")),
    "copy other ttl": lambda text: text.replace("www 300", "www 3000"),
    "copy alias": lambda text: text.replace("www 300 A 192.0.2.44", "www 300 CNAME web")
    .replace('www 300 TXT "text"\n', ""),
    "copy other ns": lambda text: text + "@ NS ns9.example.net.\n",
    "copy delegates": lambda text: "\n".join(
        x for x in text.split("\n") if not x.startswith(("www", "a.b"))
    ) + "www NS ns1.example.net.\nb NS ns1.example.net.\n",
    "copy unsigned": str,
}  # fmt: skip
"""Faults of the copy of the zone that one server has: what becomes of its text."""
PARENT: dict[str, Callable[[str], str]] = {
    "parent lacks ns": lambda text: text.replace("example NS ns1.example.com.\n", ""),
    "parent other glue": lambda text: text.replace("ns1.example A 192.0.2.53", "ns1.example A 192.0.2.99"),
    "parent lacks glue": lambda text: text.replace("ns1.example A 192.0.2.53\n", ""),
    "parent extra ns": lambda text: text + "example NS gone.example.net.\n",
    "parent copy": str,
}
"""Faults of the delegation."""
FAULTS = (*SERVERS, *ABOVE, *COPIES, *PARENT)
PAIRS = tuple(combinations(FAULTS, 2))
QUESTIONS = (
    "www.example.com. A", "www.example.com. A", "www.example.com. TXT", "www.example.com. AAAA",
    "none.example.com. A", "a.b.example.com. A", "b.example.com. A", "example.com. MX",
    "alias.example.com. A", "example.com. DNSKEY", "away.example.com. A",
)  # fmt: skip

_ADDRESSES = (("192.0.2.53", "2001:db8:1::53"), ("198.51.100.53", "2001:db8:2::53"),
              ("203.0.113.53",), ("2001:db8:4::53",))  # fmt: skip
_HINTS = {"a.root-servers.net.": "198.41.0.4", "b.root-servers.net.": "170.247.170.2"}
_ABOVE = {"a.gtld-servers.net.": "192.5.6.30", "b.gtld-servers.net.": "192.33.14.30"}
_STEP = 97
"""Pairs are taken in steps of that many, so that the first of them are of many kinds."""


@dataclass(frozen=True)
class Made:
    """A made-up delegation: its world, its root servers, and what is wrong in it."""

    world: World
    roots: Delegation
    faults: tuple[str, ...]


@dataclass
class _Plan:
    """A delegation while it is made."""

    servers: dict[str, dict[str, Any]] = field(default_factory=dict)
    zones: dict[str, dict[str, Any]] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)  # the name servers of example.com


def made(number: int, healthy: bool = False) -> Made:
    """The delegation of that number; `healthy` leaves its faults out."""
    return _made(number, () if healthy else PAIRS[number * _STEP % len(PAIRS)])


def three(number: int) -> Made:
    """The delegation of that number, with three faults."""
    return _made(number, tuple(Random(number * 7 + 1).sample(FAULTS, 3)))


def _made(number: int, faults: tuple[str, ...]) -> Made:
    random = Random(number)
    plan = _plan(random)
    for fault in faults:
        _break(random, plan, fault)
    content = {
        "title": f"made up: {', '.join(faults)}",
        "question": random.choice(QUESTIONS),
        "servers": plan.servers,
        "zones": plan.zones,
        "expect": {"outcome": "answer"},
    }
    hints = tuple(NameServer(name(n), (Address(a, Source.HINT),)) for n, a in _HINTS.items())
    return Made(build(f"made{number}", content, _nothing), Delegation(name("."), hints), faults)


def _nothing(included: str) -> dict[str, Any]:
    raise KeyError(included)


def _plan(random: Random) -> _Plan:
    """A delegation without faults."""
    count = random.randint(2, 4)
    names = [f"ns{place}.example.{random.choice(('com', 'com', 'net'))}." for place in range(1, count + 1)]
    sign: dict[str, Any] | None = random.choice((None, None, {}, {"denial": "nsec3"}))
    plan = _Plan(names=names)
    for each, address in {**_HINTS, **_ABOVE}.items():
        plan.servers[each] = {"addresses": [address], "rtt": random.randint(5, 40)}
    addresses = dict(zip(names, _ADDRESSES, strict=False))
    for each, known in addresses.items():
        plan.servers[each] = {"addresses": [*known], "rtt": random.randint(5, 40)}
    hosts = {each: addresses.get(each, ()) for each in names}
    _fill(plan, hosts, sign)
    return plan


def _fill(plan: _Plan, hosts: dict[str, tuple[str, ...]], sign: dict[str, Any] | None) -> None:
    soa = "@ 900 SOA ns hostmaster 2026011501 7200 900 1209600 300\n"
    records = "".join(
        f"{host} {'AAAA' if ':' in each else 'A'} {each}\n" for host, found in hosts.items() for each in found
    )
    com = "".join(line + "\n" for line in records.splitlines() if ".com. " in line).replace(".com.", "")
    net = "".join(line + "\n" for line in records.splitlines() if ".net. " in line)
    elsewhere = "".join(f"{each} A {a}\n" for each, a in {**_HINTS, **_ABOVE}.items())
    delegated = "".join(f"example NS {host}\n" for host in hosts)
    of_net = "".join(f"example NS {host}\n" for host in plan.names)
    text = f"""{soa}{"".join(f"@ NS {host}" + chr(10) for host in hosts)}@ MX 10 www
{"".join(line + chr(10) for line in records.splitlines() if ".com. " in line)}www 300 A 192.0.2.44
www 300 TXT "text"
web 300 A 192.0.2.45
a.b 300 A 192.0.2.46
alias 300 CNAME web
away 300 CNAME www.example.net.
"""
    host_zone = f"{soa}{''.join(f'@ NS {host}' + chr(10) for host in hosts)}{net}www 300 A 192.0.2.80\n"
    glue = "".join(line.replace(".net.", "") + "\n" for line in net.splitlines())
    tops = "".join(f"@ NS {each}\n" for each in _ABOVE)
    signed = {} if sign is None else {"sign": sign}
    roots = "".join(f"@ NS {each}\n" for each in _HINTS)
    cuts = "".join(f"{top} NS {each}\n" for top in ("com", "net") for each in _ABOVE)
    above: dict[str, Any] = {} if sign is None else {"sign": {}}
    plan.zones = {
        ".": {"text": f"{soa}{roots}{cuts}{elsewhere}", "servers": [*_HINTS], **above},
        "com.": {"text": f"{soa}{tops}{delegated}{com}", "servers": [*_ABOVE], **above},
        "net.": {"text": f"{soa}{tops}{of_net}{elsewhere}{glue}", "servers": [*_ABOVE], **above},
        "example.com.": {"text": text, "servers": [*hosts], **signed},
        "example.net.": {"text": host_zone, "servers": [*hosts]},
    }


def _break(random: Random, plan: _Plan, fault: str) -> None:
    """Put a fault into a delegation."""
    kind, _, text = fault.partition(" ")
    if kind in ("does", "above"):
        server = random.choice([*_ABOVE] if kind == "above" else plan.names)
        plan.servers[server]["does"] = [*plan.servers[server].get("does", ()), text]
    elif kind == "copy":
        zone = plan.zones["example.com."]
        server = random.choice(plan.names)
        if server in zone["servers"] and len(zone["servers"]) > 1:
            zone["servers"].remove(server)
            signed = {} if fault == "copy unsigned" or "sign" not in zone else {"sign": zone["sign"]}
            plan.zones[f"example.com. {text}"] = {
                "text": COPIES[fault](zone["text"]), "servers": [server], **signed,
            }  # fmt: skip
    else:
        zone = plan.zones["com."]
        zone["text"] = PARENT[fault](zone["text"])


def traced(of: Made, seed: int) -> Trace:
    """The trace of the question of a made-up delegation with `--check`."""
    world = of.world
    return trace(
        world.question.name,
        world.question.rdtype,
        settings=Settings(all_servers=True, probe=True),
        network=LabNetwork(world, signed=True),
        anchors=parse_anchors(world.anchors_text, world.name) if world.anchors_text else None,
        roots=of.roots,
        now=world.now,
        seed=seed,
    )
