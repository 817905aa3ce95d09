"""Read a record from the octets of a file that anybody may have written; any error is a RecordError."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

import dns.rdataclass
import dns.rdatatype
import dns.rrset

from dnstrace.analysis.expectations import parse
from dnstrace.dnssec import parse_anchors
from dnstrace.message.reading import read_reply
from dnstrace.model import (
    Address,
    Delegation,
    Edns,
    Exchange,
    Fault,
    NameServer,
    Query,
    Question,
    Settings,
    Source,
    Transport,
)
from dnstrace.model.allowed import COUNT, LONGEST, PAYLOAD, PORT, QUERIES, SEED, TRIES, Whole
from dnstrace.model.anchors import NO_ANCHORS, Anchors
from dnstrace.model.asked import Resolver
from dnstrace.model.certificates import Secured
from dnstrace.model.expectations import Expectation
from dnstrace.model.limits import Limits
from dnstrace.model.structs import Struct, replace
from dnstrace.model.taken import Fetched
from dnstrace.model.tracing import Tracing
from dnstrace.network.recording import Course, Kept
from dnstrace.network.replay import RecordedNetwork
from dnstrace.record.encoding import FORMAT
from dnstrace.record.fields import Fields, parse_moment
from dnstrace.record.files import RecordError
from dnstrace.record.last_hop import last_hop
from dnstrace.render.document import SCHEMA
from dnstrace.walk.roots import parse_hints

if TYPE_CHECKING:
    from dnstrace.model.documents import Content


__all__ = ["Record", "RecordError", "decoded"]

_BEGINNING = b'{"schema": "dnstrace/'
_ANY = Whole(0, 2**16 - 1)
_TTL = 86400  # of the supposed DS records, in seconds; it does not matter


class Record(Struct):
    """A trace as it was saved, and what it was made of.

    `document` is the whole file as JSON values. `tracing` is what `dnstrace.trace` was given, completed by
    what it chose itself; `expected` is what was expected of the trace, `course` what it saw of the network,
    `fetched` the page that was fetched, without the further traces for it.
    """

    document: Content
    question: Question
    tracing: Tracing
    expected: tuple[Expectation, ...]
    course: Course
    fetched: Fetched | None = None

    @property
    def network(self) -> RecordedNetwork:
        """A new network that replays what was seen; each works for one trace."""
        return RecordedNetwork(self.course)

    @property
    def servers(self) -> dict[str, frozenset[str]]:
        """The addresses that were asked, by the name of their server; those without a name under `.`."""
        found: dict[str, set[str]] = {}
        for step in self.document["steps"]:
            for attempt in step["attempts"]:
                found.setdefault(attempt["server"], set()).add(attempt["address"])
        asked = {kept.query.address for kept in self.course.kept}
        return {name: frozenset(addresses & asked) for name, addresses in found.items() if addresses & asked}


def decoded(octets: bytes) -> Record:
    """The record in the octets of a file. Raises RecordError."""
    document = _parse_json(octets)
    whole = _checked_document(document)
    record, steps = whole.object("record"), _read_wires(whole)
    number = record.whole("format")
    if number > FORMAT:
        raise RecordError(
            f"was saved by a newer dnstrace: its format is {number}, this version reads {FORMAT}"
        )
    how = record.object("how")
    course = Course(
        kept=tuple(_read_kept(each, steps) for each in record.objects("exchanges")),
        ticks=record.wholes("ticks") if record.has("ticks") else None,
        cut=record.whole("cut") if record.has("cut") else None,
    )
    return Record(
        document=document,
        question=read_question(whole.object("question")),
        tracing=read_tracing(how, record.converted("started", parse_moment), whole.whole("seed", *SEED)),
        expected=_read_expectations(how),
        course=course,
        fetched=last_hop(whole),
    )


def read_tracing(how: Fields, now: datetime, seed: int) -> Tracing:
    """How a trace is made, as `tracing_of` wrote it. Raises RecordError."""
    return Tracing(
        settings=_read_settings(how.object("settings")),
        limits=_read_limits(how.object("limits")),
        roots=how.converted("hints", lambda text: parse_hints(text, "the record")),
        server=_read_server(how) if how.has("server") else None,
        anchors=_read_anchors(how) if how.has("anchors") else None,
        at=how.number("at", -1e12, 1e12) if how.has("at") else None,
        parent_only=how.flag("parent_only"),
        supposed=tuple(map(_read_supposed, how.objects("supposed"))),
        resolvers=tuple(map(_read_resolver, how.objects("resolvers"))),
        seed=seed,
        now=now,
    )


def _read_anchors(how: Fields) -> Anchors:
    if not how.text("anchors"):
        return NO_ANCHORS
    anchors = how.converted("anchors", lambda text: parse_anchors(text, "it"))
    return replace(anchors, own=how.flag("own_anchors") if how.has("own_anchors") else True)


def _parse_json(octets: bytes) -> Any:
    """The JSON in the octets. If it begins like a record and cannot be read, it was cut off or damaged."""
    try:
        return json.loads(octets.decode("ascii"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        if not octets:
            raise RecordError("is empty") from error
        if _BEGINNING.startswith(octets[: len(_BEGINNING)]):
            raise RecordError("is cut off or damaged: the JSON is incomplete") from error
        raise RecordError("was not saved by dnstrace: it is not JSON") from error


def _refuse_constant(text: str) -> float:
    raise ValueError(text)


def _checked_document(document: Any) -> Fields:
    """The document, if dnstrace wrote it and it has a record."""
    schema = document.get("schema") if isinstance(document, dict) else None
    if not isinstance(schema, str) or not schema.startswith("dnstrace/"):
        raise RecordError("was not saved by dnstrace")
    if schema != SCHEMA:
        newer = schema.removeprefix("dnstrace/")
        if len(newer) < 20 and newer.isascii() and newer.isdigit():
            raise RecordError(f"was saved by a newer dnstrace: it is {schema}, this version reads {SCHEMA}")
        raise RecordError("was not saved by dnstrace")
    whole = Fields(document, "it")
    if not whole.has("record"):
        raise RecordError("has no record: save traces with --save, not with --json")
    return whole


def _read_wires(whole: Fields) -> dict[tuple[int, int], bytes]:
    """The octets of each attempt, by step and attempt. Checks what `Record.servers` reads too."""
    found: dict[tuple[int, int], bytes] = {}
    for step in whole.objects("steps"):
        number = step.whole("id")
        for index, attempt in enumerate(step.objects("attempts")):
            attempt.text("server", 1100)
            attempt.text("address", 1100)
            if attempt.has("wire"):
                found[number, index] = attempt.octets("wire")
    return found


def read_question(asked: Fields) -> Question:
    """A question, from its `name`, `type` and `class`. Raises RecordError."""
    rdtype = asked.converted("type", dns.rdatatype.from_text)
    return Question(asked.name("name"), rdtype, asked.converted("class", dns.rdataclass.from_text))


def _read_settings(given: Fields) -> Settings:
    families = frozenset(given.wholes("families"))
    if not families or families - {4, 6}:
        raise given.wrong("families")
    return Settings(
        families=families,
        port=given.whole("port", *PORT),
        tcp=given.flag("tcp"),
        edns=_read_edns(given.object("edns"), PAYLOAD) if given.has("edns") else None,
        timeout=given.number("timeout", 1e-6, LONGEST),
        tries=given.whole("tries", *TRIES),
        bind=given.address("bind") if given.has("bind") else None,
        prime=given.flag("prime"),
        qmin=given.flag("qmin"),
        all_servers=given.flag("all_servers"),
        probe=given.flag("probe"),
        adot=given.has("adot") and given.flag("adot"),
    )


def _read_limits(given: Fields) -> Limits:
    deadline = given.number("deadline", 1e-6, LONGEST)
    counts = {
        field.name: given.whole(field.name, *COUNT)
        for field in fields(Limits)[1:]
        if field.name != "deadline"
    }
    return Limits(max_queries=given.whole("max_queries", *QUERIES), deadline=deadline, **counts)


def _read_server(how: Fields) -> str:
    try:
        return how.address("server")
    except RecordError:
        return str(how.name("server"))


def _read_edns(given: Fields, payload: Whole = _ANY) -> Edns:
    return Edns(
        payload=given.whole("payload", *payload),
        dnssec_ok=given.flag("dnssec_ok"),
        options=tuple(_read_option(each, given) for each in given.list("options")),
        version=given.whole("version", 0, 255),
    )


def _read_option(pair: Any, given: Fields) -> tuple[int, bytes]:
    try:
        code, data = pair
        code, data = range(2**16)[range(2**16).index(code)], bytes.fromhex(data)
    except (TypeError, ValueError) as error:
        raise given.wrong("options") from error
    return code, data


def _read_supposed(given: Fields) -> Delegation:
    zone = given.name("zone")
    servers = tuple(
        NameServer(
            each.name("name"), tuple(Address(text, Source.GIVEN) for text in each.addresses("addresses"))
        )
        for each in given.objects("servers")
    )
    data, ds = given.texts("ds"), None
    try:
        if data:
            ds = dns.rrset.from_text_list(zone, _TTL, dns.rdataclass.IN, dns.rdatatype.DS, list(data))
    except (dns.exception.DNSException, ValueError) as error:
        raise given.wrong("ds") from error
    return Delegation(zone, servers, ds=ds)


def _read_resolver(given: Fields) -> Resolver:
    transport = given.one_of("transport", Transport)
    plain = transport in (Transport.UDP, Transport.TCP)
    return Resolver(
        address=given.address("address") if plain else given.word("address"),
        port=given.whole("port", 1, 65535),
        transport=transport,
        endpoint=given.word("endpoint"),
    )


def _read_expectations(how: Fields) -> tuple[Expectation, ...]:
    try:
        return tuple(each for text in how.texts("expected") for each in parse(text))
    except (dns.exception.DNSException, ValueError) as error:
        raise how.wrong("expected") from error


def _read_kept(given: Fields, wires: Mapping[tuple[int, int], bytes]) -> Kept:
    query, began = _read_query(given.object("query")), given.whole("began")
    return Kept(
        query=query,
        timeout=given.number("timeout"),
        began=began,
        ended=given.whole("ended", began),
        place=given.object("came").whole("place") if given.has("came") else None,
        exchange=_read_exchange(given.object("came"), query, began, wires) if given.has("came") else None,
    )


def _read_query(given: Fields) -> Query:
    return Query(
        question=read_question(given),
        address=given.word("address"),
        port=given.whole("port", 0, 65535),
        transport=given.one_of("transport", Transport),
        edns=_read_edns(given.object("edns")) if given.has("edns") else None,
        recursion_desired=given.flag("rd"),
        checking_disabled=given.flag("cd"),
        endpoint=given.word("endpoint"),
        opportunistic=given.has("opportunistic") and given.flag("opportunistic"),
    )


def _read_secured(given: Fields) -> Secured:
    return Secured(
        version=given.word("version"),
        alpn=given.word("alpn"),
        certificate=given.octets("certificate"),
        distrust=given.word("distrust") if given.has("distrust") else None,
    )


def _read_exchange(
    given: Fields, query: Query, began: int, wires: Mapping[tuple[int, int], bytes]
) -> Exchange:
    wire = given.octets("wire") if given.has("wire") else None
    if given.has("attempt"):
        place = given.wholes("attempt")
        if len(place) != 2 or (wire := wires.get((place[0], place[1]))) is None:
            raise given.wrong("attempt")
    fault = given.one_of("fault", Fault) if given.has("fault") else None
    came = Exchange(
        query,
        began / 1e9,
        given.number("elapsed"),
        wire,
        fault=fault,
        detail=given.word("detail"),
        mismatched=given.whole("mismatched"),
        secured=_read_secured(given.object("secured")) if given.has("secured") else None,
    )
    if fault is not None:
        return came
    message = Fault.MALFORMED if wire is None else read_reply(wire)
    return replace(came, fault=message) if isinstance(message, Fault) else replace(came, message=message)
