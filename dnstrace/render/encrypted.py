"""What name servers did over TLS, for the tree: a line for each that answers, the rest counted (RFC 9539)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.text import Text

from dnstrace.analysis.encrypted import (
    OverTls,
    certificate_of,
    is_for_server,
    is_outdated,
    over_tls,
    without_result,
)
from dnstrace.model import ROOT
from dnstrace.model.naming import zone_text
from dnstrace.render.layout import Node
from dnstrace.render.text import count_text, harmless, time_range
from dnstrace.render.wording import QUIET, STRONG, WARNING, joined, marked, shown_server

if TYPE_CHECKING:
    from datetime import datetime

    from dnstrace.model import Name, Trace
    from dnstrace.model.certificates import Certificate
    from dnstrace.model.taken import Encrypted

_MOST = 4  # lines of one zone, and names of one certificate
_ANSWERS = (OverTls.SAME, OverTls.DIFFERENT, OverTls.UNCOMPARED)
_COUNTED = {
    OverTls.REFUSED: "port closed",
    OverTls.SILENT: "silent",
    OverTls.FAILED: "no handshake",
}
_WORDS = {
    OverTls.SAME: "answers",
    OverTls.DIFFERENT: "gives another answer than in the clear",
    OverTls.UNCOMPARED: "answers, not compared",
    OverTls.NO_REPLY: "completes the handshake, but does not reply",
}
_RAN_OUT = "the trace ended before every address had replied: see --deadline and --max-queries"
_FAULTY = (OverTls.DIFFERENT, OverTls.NO_REPLY)


def encrypted_nodes(trace: Trace, verbose: bool, place: str = "") -> list[Node]:
    """A heading, and below it each zone with its servers; with `verbose` a line for every address.

    `place` is the name of the place that the trace is from, if there are several.
    """
    found = trace.encrypted or ()
    zones: dict[object, list[Encrypted]] = {}
    for each in found:
        zones.setdefault(each.zone, []).append(each)
    lacking = Counter(asked.step.zone for asked in without_result(trace)) if found else Counter[Name]()
    any_lacking = bool(lacking)
    title = f"over TLS, from {harmless(place)}" if place else "over TLS"
    head = Text.assemble((title, STRONG), (" ─ port 853, RFC 9539", QUIET))
    children = [
        Node(_zone_line(of, lacking.pop(of[0].zone, 0)), _server_nodes(of, trace.started, verbose))
        for of in zones.values()
    ]
    children += [Node(_unknown_line(zone, count)) for zone, count in lacking.items()]
    if any_lacking:
        children.append(Node(marked(WARNING, _RAN_OUT)))
    return [Node(head, children or [Node(Text("no name server was asked", QUIET))])]


def _unknown_line(zone: Name, count: int) -> Text:
    """`com ─ no result from 26 addresses`."""
    unknown = Text(f"no result from {count_text(count, 'address', 'addresses')}", WARNING)
    return Text.assemble((zone_text(zone), STRONG), (" ─ ", QUIET), unknown)


def _zone_line(found: list[Encrypted], lacking: int = 0) -> Text:
    """`example.com ─ 4 of 6 addresses answer over TLS · port closed at 2`; `lacking` have no result."""
    ways = [over_tls(each) for each in found]
    alike = len(set(ways)) == 1
    rest = [
        words if alike else f"{words} at {ways.count(way)}" for way, words in _COUNTED.items() if way in ways
    ]
    answers = _answers_text(sum(way in _ANSWERS for way in ways), len(ways))
    zone = "start" if found[0].server == ROOT else zone_text(found[0].zone)
    unknown = [Text(f"no result from {lacking} more", WARNING)] if lacking else []
    return Text.assemble((zone, STRONG), (" ─ ", QUIET), joined([answers, *rest, *unknown]))


def _answers_text(answer: int, asked: int) -> str:
    """How many of the addresses that were asked answer over TLS."""
    if asked == 1:
        return f"the address asked {'answers' if answer else 'does not answer'} over TLS"
    if answer == asked:
        return f"all {asked} addresses answer over TLS"
    if not answer:
        return f"none of {asked} addresses answers over TLS"
    return f"{answer} of {asked} addresses {'answers' if answer == 1 else 'answer'} over TLS"


def _server_nodes(found: list[Encrypted], now: datetime, verbose: bool) -> list[Node]:
    """The servers with TLS: those at which the same was seen share a line, faulty ones first."""
    groups: dict[object, list[Encrypted]] = {}
    for each in found:
        way = over_tls(each)
        if verbose or way in _WORDS:
            certificate = () if each.exchange.secured is None else each.exchange.secured
            key = each.address if verbose else (each.server, way, certificate)
            groups.setdefault(key, []).append(each)
    ordered = sorted(groups.values(), key=lambda of: over_tls(of[0]) not in _FAULTY)
    most = len(ordered) if verbose or len(ordered) <= _MOST + 1 else _MOST
    nodes = [Node(_server_line(of, now)) for of in ordered[:most]]
    left = [each for of in ordered[most:] for each in of]
    return [*nodes, Node(_left_line(left))] if left else nodes


def _left_line(left: list[Encrypted]) -> Text:
    servers = count_text(len({each.server for each in left}), "more server")
    times = [each.exchange.elapsed for each in left]
    return joined([f"{servers} with TLS", time_range(min(times), max(times)), Text("-v shows each", QUIET)])


def _server_line(found: list[Encrypted], now: datetime) -> Text:
    first, way = found[0], over_tls(found[0])
    addresses = ", ".join(each.address for each in found)
    times = [each.exchange.elapsed for each in found]
    words = _WORDS.get(way) or _COUNTED[way]
    parts: list[Text | str] = [
        shown_server(first.server, addresses).append(f" {words}"),
        time_range(min(times), max(times)),
        *_secured_parts(first, now),
        harmless(first.exchange.detail),
    ]
    return marked(WARNING, joined(parts)) if way in _FAULTY else joined(parts)


def _secured_parts(found: Encrypted, now: datetime) -> Iterable[Text | str]:
    """The version of TLS, and the certificate."""
    secured, shown = found.exchange.secured, certificate_of(found)
    if secured is None:
        return
    yield harmless(secured.version)
    if secured.alpn != "dot":
        yield Text("no ALPN", QUIET)
    if shown is None:
        yield "no certificate that can be read"
        return
    yield _certificate_text(found, shown, secured.distrust, now)


def _certificate_text(found: Encrypted, shown: Certificate, distrust: str | None, now: datetime) -> Text:
    """Which server a certificate is for, until when, and whether it is trusted here."""
    names = ", ".join(map(harmless, shown.names[:_MOST])) or harmless(shown.subject) or "nobody"
    more = f" and {len(shown.names) - _MOST} more" if len(shown.names) > _MOST else ""
    own = " (not this server)" if is_for_server(found) is False else ""
    text = Text(f"certificate for {names}{more}{own}")
    if shown.expires is not None:
        outdated = is_outdated(shown, now)
        text.append(", ").append(
            f"{'expired' if outdated else 'valid until'} {shown.expires:%Y-%m-%d}",
            WARNING if outdated else "",
        )
    trust = _trust_text(distrust, shown.self_issued)
    return text.append(f", {trust}") if trust else text


def _trust_text(distrust: str | None, self_issued: bool) -> str:
    if distrust is None:
        return "self-signed" if self_issued else ""
    if not distrust:
        return "trusted here"
    return "self-signed" if self_issued else f"not trusted here: {harmless(distrust)}"
