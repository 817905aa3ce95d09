"""From the content of a world's file to a World: it is laid over what it includes, and checked.

Anything wrong is a WorldError that says in one line which file, which key, and what is needed instead.

A world is one TOML file: one in `worlds/`, where those whose names begin with an underscore are for inclusion
only, or one of a user's own (own.py), which may leave out title, question and expect.

    title = "what the world shows, in one line"
    question = "www.example.com. A"        # what `--lab NAME` traces
    now = 2026-01-15T14:00:00Z             # the world's wall clock; default: this time
    include = ["_internet"]                # these files' servers and zones, under these
    families = [4]                         # the address families with a route; default: both
    resolvers = ["192.0.2.153"]            # asked in parallel with the walk; default: none
    adot = true                            # name servers are asked over TLS too; default: false

    [servers]                              # rtt in ms, a list if it differs by address; does: misbehaviour.py
    "ns1.example.com." = { addresses = ["192.0.2.1", "2001:db8::1"], rtt = 12, does = ["slow=900"] }

    "ns2.example.com." = { addresses = ["192.0.2.2"], tls = { names = ["ns2.example.com"] } }  # see tls.py

    [zones."example.com."]
    servers = ["ns1.example.com."]         # that serve it; default: those in its own NS records
    ttl = 300                              # of records without one; default: 3600
    text = '''the records, see zone.py'''
    sign = { algorithm = 13 }              # signed, if signatures are asked for: see below

    [zones."example.com. stale"]           # another version of the zone, on the servers that it names
    servers = ["ns2.example.com."]
    text = '''...'''

    [pages."192.0.2.44"]                   # a web server, its rtt in ms: see web.py
    rtt = 20
    names = ["www.example.com"]            # of its certificate

    [zones."com."]
    add = '''records put into a zone of an included file'''
    without = '''lines taken out of it'''

    [expect]                               # the result that a trace of the question must have
    outcome = "answer"
    answer = ["192.0.2.44"]                # RDATA of the whole chain
    security = "bogus"                     # the result of validation as of `now`; forces validation
    reason = "expired"                     # a part of its reason
    resolvers = ["stale"]                  # how each differs from the walk: resolvers.Difference

How a zone is signed, with the defaults:

    algorithm = 13                         # 5, 7, 8, 10, 13, 14, 15 or 16
    keys = "ksk+zsk"                       # one key for the keys and one for the rest; or "csk", one for all
    denial = "nsec"                        # or "nsec3", "opt-out" (nsec3 with it), "compact" (RFC 9824)
    iterations = 0                         # of the NSEC3 hash
    salt = ""                              # of the NSEC3 hash, in hexadecimal
    valid = [-7, 14]                       # validity of signatures, in days from the world's now
    ds = "auto"                            # the parent gets the DS record; "none": it does not
    broken = []                            # faults: see breaking.py

DS records in the parent's own text take precedence. There are no private keys in the file: see keys.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING, NoReturn

import dns.exception
import dns.name
import dns.rdatatype

from dnstrace.lab.errors import WorldError
from dnstrace.lab.internet import NOW, Foreseen, World, WorldServer
from dnstrace.lab.tls import read_tls
from dnstrace.lab.web import DOES, Site
from dnstrace.lab.zone import LabZone, Sign
from dnstrace.model import Name, Outcome, Question
from dnstrace.model.naming import plain

if TYPE_CHECKING:
    from dnstrace.model.documents import Content, Document

_DEFAULT_RTT = 20  # ms
_DEFAULT_TTL = 3600  # seconds
_SECURITIES = ("secure", "insecure", "bogus", "indeterminate")
_SIGNED = {
    "algorithm": (5, 7, 8, 10, 13, 14, 15, 16),
    "keys": ("ksk+zsk", "csk"),
    "denial": ("nsec", "nsec3", "opt-out", "compact"),
    "ds": ("auto", "none"),
}
_KEYS = {
    "a world": {"title", "question", "now", "include", "servers", "zones", "expect"}
    | {"families", "resolvers", "pages", "adot"},
    "a server": {"addresses", "rtt", "does", "tls"},
    "a zone": {"servers", "ttl", "text", "add", "without", "sign"},
    "sign": set(Sign.__match_args__),
    "a page": set(Site.__match_args__),
    "expect": set(Foreseen.__match_args__),
}


def build(name: str, data: Content, read: Callable[[str], Content], file_name: str = "") -> World:
    """The world that `data` describes; `read` gives the content of a file to include. Raises WorldError.

    Errors call the file `file_name`, by default the name of the world with `.toml`.
    """
    file = _File(file_name or f"{name}.toml")
    whole = file.with_includes(data, read)
    zones = {key: file.zone(key, content) for key, content in whole["zones"].items()}
    served = file.served(whole["zones"], zones, {file.name(text, "servers") for text in whole["servers"]})
    servers = tuple(file.server(text, content, served) for text, content in whole["servers"].items())
    file.check_addresses(servers)
    return World(
        name=name,
        title=file.text(data.get("title"), "title"),
        question=file.question(data.get("question")),
        expect=file.expectation(data.get("expect")),
        servers=servers,
        zones=tuple(zones.values()),
        families=file.families(data.get("families", [4, 6])),
        now=file.time(data.get("now", NOW)),
        resolvers=file.resolvers(data.get("resolvers", []), servers),
        pages={address: file.page(address, content) for address, content in data.get("pages", {}).items()},
        adot=file.flag(data.get("adot", False), "adot"),
    )


class _File:
    """A world's file while it is read: gives values of the right kind, or says what is wrong where."""

    def __init__(self, name: str) -> None:
        self._name = name

    def wrong(self, where: str, what: str, key: str = "") -> NoReturn:
        raise WorldError(f"{self._name}: {where}: {what}", where, key)

    # --- the parts of a world -----------------------------------------------------------------

    def with_includes(
        self, data: Content, read: Callable[[str], Content], depth: int = 0
    ) -> dict[str, Document]:
        """Servers and zones of the file, over those of the files that it includes."""
        if depth > 8:
            self.wrong("include", "the files include each other in a circle")
        self.check_keys(data, "a world")
        whole: dict[str, Document] = {"servers": {}, "zones": {}}
        for name in self.texts(data.get("include", []), "include"):
            below = self.with_includes(read(name), read, depth + 1)
            whole = {part: whole[part] | content for part, content in below.items()}
        for part, what in (("servers", "a server"), ("zones", "a zone")):
            for key, content in self.table(data.get(part, {}), part).items():
                self.check_keys(self.table(content, key), what, key)
                whole[part][key] = self._over(whole[part].get(key, {}), content)
        return whole

    def _over(self, below: Content, content: Content) -> Document:
        """One server or zone over what is included of it: key by key, and what is added is added."""
        added = {"add": below["add"] + content["add"]} if "add" in below and "add" in content else {}
        return {**below, **content, **added}

    def zone(self, key: str, content: Content) -> LabZone:
        if "text" not in content:
            self.wrong(f"zone {key}", "it has no text, and no included file has the zone")
        gone = set(self.text(content.get("without", ""), f"zone {key}: without").splitlines())
        lines = self.text(content["text"], f"zone {key}: text").splitlines()
        text = "\n".join(line for line in lines if line not in gone)
        text += "\n" + self.text(content.get("add", ""), f"zone {key}: add")
        ttl = content.get("ttl", _DEFAULT_TTL)
        if not isinstance(ttl, int) or not 0 <= ttl < 2**31:  # RFC 2181 section 8
            self.wrong(f"zone {key}: ttl", "a number of seconds is needed, less than 2147483648")
        sign = None if content.get("sign") is None else self.sign(content["sign"], f"zone {key}: sign")
        return LabZone(
            self.name(key.split(None, 1)[0], "zones"), text, ttl, f"{self._name}: zone {key}", sign
        )

    def sign(self, value: object, where: str) -> Sign:
        data = {**self.table(value, where)}
        self.check_keys(data, "sign", where)
        for key, possible in _SIGNED.items():
            if key in data and data[key] not in possible:
                self.wrong(f"{where}: {key}", f"one of {', '.join(map(str, possible))} is needed")
        if not isinstance(data.get("iterations", 0), int):
            self.wrong(f"{where}: iterations", "a number is needed")
        if "valid" in data:
            data["valid"] = self.days(data["valid"], f"{where}: valid")
        self.hexadecimal(data.get("salt", ""), f"{where}: salt")
        if "broken" in data:
            data["broken"] = self.breaks(data["broken"], f"{where}: broken")
        return Sign(**data)

    def breaks(self, value: object, where: str) -> tuple[str, ...]:
        from dnstrace.lab.breaking import BREAKS  # few worlds break a zone

        texts = tuple(self.texts(value, where))
        for name in (text.partition("=")[0] for text in texts):
            if name not in BREAKS:
                self.wrong(where, f"{name!r} is not one of {', '.join(sorted(BREAKS))}")
        return texts

    def served(
        self, contents: Content, zones: Mapping[str, LabZone], known: set[Name]
    ) -> dict[Name, dict[Name, LabZone]]:
        """The zones of each server by origin; a zone that names its servers goes before one that does not."""
        served: dict[Name, dict[Name, LabZone]] = {}
        for key, zone in sorted(zones.items(), key=lambda item: "servers" in contents[item[0]]):
            given = contents[key].get("servers")
            where = f"zone {key}: servers"
            names = (
                zone.apex_servers()
                if given is None
                else [self.name(t, where) for t in self.texts(given, where)]
            )
            for name in names:
                if name not in known:
                    self.wrong(where, f"the world has no server {plain(name)}")
                served.setdefault(name, {})[zone.origin] = zone
        return served

    def server(
        self, text: str, content: Content, served: Mapping[Name, Mapping[Name, LabZone]]
    ) -> WorldServer:
        name = self.name(text, "servers")
        addresses = [
            self.address(each, text) for each in self.texts(content.get("addresses"), f"{text}: addresses")
        ]
        rtt = content.get("rtt", _DEFAULT_RTT)
        each = rtt if isinstance(rtt, list) else [rtt] * len(addresses)
        if len(each) != len(addresses) or not all(isinstance(ms, int | float) and ms >= 0 for ms in each):
            self.wrong(f"{text}: rtt", "a number of milliseconds is needed, or one for each address")
        return WorldServer(
            name,
            {address: ms / 1000 for address, ms in zip(addresses, each, strict=True)},
            tuple(self.texts(content.get("does", []), f"{text}: does")),
            tuple(served.get(name, {}).values()),
            read_tls(content.get("tls"), partial(self._wrong_tls, text)),
        )

    def _wrong_tls(self, server: str, key: str, what: str) -> NoReturn:
        self.wrong(f"{server}: tls{key and '.'}{key}", what)

    def check_addresses(self, servers: tuple[WorldServer, ...]) -> None:
        seen: dict[str, Name] = {}
        for server in servers:
            for address in server.rtt:
                if seen.setdefault(address, server.name) != server.name:
                    self.wrong(
                        f"{server.name}: addresses",
                        f"{address} is already an address of {plain(seen[address])}",
                    )

    def expectation(self, value: object) -> Foreseen:
        data = self.table(value, "expect")
        self.check_keys(data, "expect")
        if data.get("outcome") not in {None, *Outcome}:
            self.wrong("expect: outcome", f"one of {', '.join(Outcome)} is needed")
        given: Document = {**data}
        if "outcome" in given:
            given["outcome"] = Outcome(given["outcome"])
        for key in {"answer", "findings", "resolvers"} & given.keys():
            given[key] = tuple(self.texts(given[key], f"expect: {key}"))
        if data.get("security") not in (None, *_SECURITIES):
            self.wrong("expect: security", f"one of {', '.join(_SECURITIES)} is needed")
        self.text(data.get("reason", ""), "expect: reason")
        for key in {"queries", "tcp", "duration_ms", "critical_path_ms"} & given.keys():
            if not isinstance(given[key], int | float):
                self.wrong(f"expect: {key}", "a number is needed")
        return Foreseen(**given)

    def question(self, value: object) -> Question:
        try:
            name, rdtype = self.text(value, "question").split()
            return Question(self.name(name, "question"), dns.rdatatype.from_text(rdtype))
        except (dns.exception.DNSException, ValueError):
            self.wrong("question", "a name and a type are needed")

    # --- values -------------------------------------------------------------------------------

    def check_keys(self, data: Content, what: str, where: str = "") -> None:
        if unknown := [key for key in data if key not in _KEYS[what]]:
            known = ", ".join(sorted(_KEYS[what]))
            self.wrong(
                where or "the file", f"unknown key {unknown[0]!r}; {what} may have {known}", unknown[0]
            )

    def table(self, value: object, where: str) -> Content:
        return value if isinstance(value, dict) else self.wrong(where, "a table is needed")

    def text(self, value: object, where: str) -> str:
        return value if isinstance(value, str) else self.wrong(where, "text is needed")

    def texts(self, value: object, where: str) -> list[str]:
        if not isinstance(value, list):
            self.wrong(where, "a list is needed")
        return [self.text(item, where) for item in value]

    def flag(self, value: object, where: str) -> bool:
        return value if isinstance(value, bool) else self.wrong(where, "true or false is needed")

    def name(self, text: str, where: str) -> Name:
        try:
            return dns.name.from_text(text)
        except (dns.exception.DNSException, UnicodeError) as error:
            self.wrong(where, f"{text!r} is not a domain name: {error}", text)

    def address(self, text: str, server: str) -> str:
        try:
            return str(ip_address(text))
        except ValueError as error:
            self.wrong(f"{server}: addresses", str(error))

    def days(self, value: object, where: str) -> tuple[float, float]:
        if not isinstance(value, list) or [type(each) in (int, float) for each in value] != [True, True]:
            self.wrong(where, "two numbers of days from now are needed, such as [-7, 14]")
        return (value[0], value[1])

    def hexadecimal(self, value: object, where: str) -> None:
        try:
            bytes.fromhex(self.text(value, where))
        except ValueError:
            self.wrong(where, "octets in hexadecimal are needed")

    def resolvers(self, value: object, servers: tuple[WorldServer, ...]) -> tuple[str, ...]:
        found = tuple(self.texts(value, "resolvers"))
        known = {address for server in servers for address in server.rtt}
        for address in found:
            if address not in known:
                self.wrong("resolvers", f"the world has no server at {address}")
        return found

    def page(self, address: str, content: Content) -> Site:
        """A web server: its round-trip time in milliseconds, and what it answers."""
        self.check_keys(self.table(content, address), "a page", address)
        rtt, does = content.get("rtt"), content.get("does", "")
        if not isinstance(rtt, int | float) or isinstance(rtt, bool) or rtt <= 0:
            self.wrong(f"page {address}: rtt", "a number of milliseconds is needed")
        if does not in ("", *DOES):
            self.wrong(f"page {address}: does", f"one of {', '.join(DOES)} is needed")
        names = tuple(self.texts(content.get("names", []), f"page {address}: names"))
        return Site(**{**content, "rtt": rtt / 1000, "names": names})

    def families(self, value: object) -> frozenset[int]:
        if not isinstance(value, list) or not value or not set(value) <= {4, 6}:
            self.wrong("families", "[4], [6] or [4, 6] is needed")
        return frozenset(value)

    def time(self, value: object) -> datetime:
        if not isinstance(value, datetime) or value.tzinfo is None:
            self.wrong("now", "a date and time with an offset is needed, such as 2026-01-15T14:00:00Z")
        return value.astimezone(UTC)
