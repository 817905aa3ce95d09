"""What has changed from one trace to another, in words: over their JSON documents.

Compared is what both saw. Which server was picked, how long it took, how many queries there were, TTLs that
count down: these differ from run to run, and are no change. How a server behaves is compared where both
traces asked it the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]

_UNSAID = {"abandoned", "known-silent", "network-unreachable", "not-recorded", "truncated"}
_SILENT = {"timeout", "port-unreachable", "host-unreachable", "connection-lost"}
_GOOD = {"answer", "alias", "referral", "nodata", "nxdomain", "yxdomain", "alias-loop"}
_MAIN = {"walk", "alias"}
_TRIES = 3  # without a reply, the last of them without EDNS, and an address is called dead


@dataclass(frozen=True, slots=True)
class Difference:
    """One change: `what` is a word for programs, `zone` and `name` say of what it is a change."""

    what: str
    zone: str | None
    name: str | None
    old: Any
    new: Any
    text: str


def differences(old: Document, new: Document) -> tuple[Difference, ...]:
    """What has changed, from the outcome over the delegations and servers to the findings.

    Both are documents of one question (`dnstrace.render.document`); raises ValueError if they are not.
    """
    if old["question"] != new["question"]:
        raise ValueError(f"they are of different questions: {asked(old)} and {asked(new)}")
    found = (difference for compare in _COMPARED for difference in compare(old, new))
    return tuple(dict.fromkeys(found))


def asked(document: Document) -> str:
    """The question of a document: name and type."""
    return f"{document['question']['name']} {document['question']['type']}"


# --- the whole --------------------------------------------------------------------------------------


def _outcome(old: Document, new: Document) -> Iterator[Difference]:
    name = old["question"]["name"]
    if old["outcome"] != new["outcome"]:
        text = f"the outcome was {old['outcome']}, and is {new['outcome']}"
        if new["outcome"] == "failed" and new["error"]:
            text += f": {new['error']}"
        yield Difference("outcome", None, name, old["outcome"], new["outcome"], text)
    if None not in (old["security"], new["security"]) and old["security"] != new["security"]:
        why = f": {new['reason']}" if new["reason"] else ""
        text = f"it was {old['security']}, and is {new['security']}{why}"
        yield Difference("security", None, name, old["security"], new["security"], text)


def _answer(old: Document, new: Document) -> Iterator[Difference]:
    """The records of the answer, signatures left out; their TTLs where they do not count down."""
    before, after = _rrsets(old["answer"]), _rrsets(new["answer"])
    if "failed" in (old["outcome"], new["outcome"]) or _every_server_says_the_same(old, new):
        return  # that nothing was found says nothing of what is there
    for key in dict.fromkeys((*before, *after)):
        name, rdtype = key
        yield from _changed_data(name, rdtype, before.get(key), after.get(key))
        had, has = before.get(key), after.get(key)
        if had and has and had["ttl"] != has["ttl"] and _authoritative(old) and _authoritative(new):
            text = f"the TTL of {name} {rdtype} was {had['ttl']} s, and is {has['ttl']} s"
            yield Difference("answer-ttl", None, name, had["ttl"], has["ttl"], text)


def _every_server_says_the_same(old: Document, new: Document) -> bool:
    """Whether both traces asked every server, and none answers otherwise than it did.

    Where the servers of a zone do not agree, it is by chance whose answer a trace came to.
    """
    if None in (old["reconciliation"], new["reconciliation"]):
        return False
    before, after = ({zone["zone"]: _answers(zone) for zone in each["reconciliation"]} for each in (old, new))
    return before == after and old["outcome"] == new["outcome"]


def _answers(zone: Document) -> dict[str, list[Any]]:
    """What each address of a zone answers, without signatures."""
    return {
        address: sorted(
            [r["name"], r["type"], r["ttl"], *sorted(r["rdata"])]
            for r in each["answer"]
            if r["type"] != "RRSIG"
        )
        for address, each in _by_address(zone).items()
    }


def _changed_data(name: str, rdtype: str, had: Document | None, has: Document | None) -> Iterator[Difference]:
    before, after = set(had["rdata"] if had else ()), set(has["rdata"] if has else ())
    if rdtype == "SOA" and len(before) == len(after) == 1 and before != after:
        serials = [next(iter(data)).split()[2] for data in (before, after)]
        text = f"the serial of {name} was {serials[0]}, and is {serials[1]}"
        yield Difference("serial", name, None, int(serials[0]), int(serials[1]), text)
        return
    for data in sorted(before - after):
        yield Difference("answer", None, name, data, None, f"{name} no longer has {rdtype} {data}")
    for data in sorted(after - before):
        yield Difference("answer", None, name, None, data, f"{name} now has {rdtype} {data}")


def _rrsets(answer: list[Document]) -> dict[tuple[str, str], Document]:
    return {(each["name"], each["type"]): each for each in answer if each["type"] != "RRSIG"}


def _authoritative(document: Document) -> bool:
    """Whether all that made up the answer came with authority: its TTLs do not count down."""
    ends = [
        step
        for step in document["steps"]
        if step["purpose"] in _MAIN and step["outcome"] in ("answer", "alias")
    ]
    chosen = [step["attempts"][step["chosen"]] for step in ends if step["chosen"] is not None]
    return bool(chosen) and all("aa" in (attempt["flags"] or ()) for attempt in chosen)


# --- the delegations --------------------------------------------------------------------------------


def _delegations(old: Document, new: Document) -> Iterator[Difference]:
    before, after = _cuts(old), _cuts(new)
    for zone in dict.fromkeys((*before, *after)):
        if zone in before and zone in after:
            yield from _cut(zone, before[zone], after[zone])
        elif "failed" not in (old["outcome"], new["outcome"]):
            gone = zone in before
            text = f"{zone} is {'no longer' if gone else 'now'} delegated"
            yield Difference("delegation", zone, None, gone, not gone, text)


def _cuts(document: Document) -> dict[str, Document]:
    """The delegations that the walk went by, by zone."""
    steps = (step for step in document["steps"] if step["purpose"] in _MAIN and step["referral"])
    return {step["referral"]["zone"]: step["referral"] for step in steps}


def _cut(zone: str, had: Document, has: Document) -> Iterator[Difference]:
    yield from _members("ns", zone, had["ns"], has["ns"], "name server {} {} at the parent")
    glue = [{f"{each['name']} {each['address']}" for each in cut["glue"]} for cut in (had, has)]
    yield from _members("glue", zone, glue[0], glue[1], "glue {} {} at the parent")
    yield from _members("ds", zone, had["ds"], has["ds"], "DS record {} {} at the parent")
    if had["ttl"] != has["ttl"] and None not in (had["ttl"], has["ttl"]):
        text = f"{zone}: the TTL of the delegation was {had['ttl']} s, and is {has['ttl']} s"
        yield Difference("delegation-ttl", zone, None, had["ttl"], has["ttl"], text)


def _members(what: str, zone: str, had: Any, has: Any, told: str) -> Iterator[Difference]:
    """The members of a set that came and went."""
    before, after = set(had), set(has)
    for each in sorted(before - after):
        yield Difference(what, zone, each, each, None, f"{zone}: {told.format(each, 'removed')}")
    for each in sorted(after - before):
        yield Difference(what, zone, each, None, each, f"{zone}: {told.format(each, 'added')}")


# --- the servers ------------------------------------------------------------------------------------


def _servers(old: Document, new: Document) -> Iterator[Difference]:
    """Addresses that both asked the same: what came of it."""
    before, after = _said(old), _said(new)
    told: dict[tuple[str, str], None] = {}
    for key in (key for key in before if key in after):
        zone, address, *_ = key
        (server, was), (_, is_now) = before[key], after[key]
        if (was in _GOOD and is_now in _GOOD) or was == is_now or (zone, address) in told:
            continue
        told[zone, address] = None
        yield Difference(
            "server", zone, server, was, is_now, f"{zone}: {server} ({address}) {_state(was, is_now)}"
        )


def _state(was: str, is_now: str) -> str:
    if is_now in _SILENT:
        return "no longer answers"
    if is_now in _GOOD:
        return "answers again" if was in _SILENT else f"answers again (it was {was})"
    return f"no longer serves: {is_now.replace('-', ' ')} (it was {was.replace('-', ' ')})"


def _said(document: Document) -> dict[tuple[str, str, str, str], tuple[str, str]]:
    """What each address came to at last, by zone, address and question; without look-ups and probes.

    One that was asked less often than it takes to call it dead is left out where it did not answer.
    """
    found: dict[tuple[str, str, str, str], tuple[str, str]] = {}
    tries: Counter[tuple[str, str, str, str]] = Counter()
    for step in (step for step in document["steps"] if step["purpose"] in _MAIN):
        for attempt in step["attempts"]:
            if attempt["meaning"] not in _UNSAID:
                key = step["zone"], attempt["address"], step["question"]["name"], step["question"]["type"]
                found[key] = attempt["server"], attempt["meaning"]
                tries[key] += 1
    return {key: said for key, said in found.items() if said[1] != "timeout" or tries[key] >= _TRIES}


def _reconciled(old: Document, new: Document) -> Iterator[Difference]:
    """What the zone itself says, and the version that each server has; where both were checked."""
    if None in (old["reconciliation"], new["reconciliation"]):
        return
    after = {zone["zone"]: zone for zone in new["reconciliation"]}
    for had in old["reconciliation"]:
        if (has := after.get(had["zone"])) is not None:
            named = [
                [server["name"] for server in zone["servers"] if server["at_zone"]] for zone in (had, has)
            ]
            if all(named):
                yield from _members(
                    "own-ns", had["zone"], named[0], named[1], "name server {} {} in the zone itself"
                )
            yield from _serials(had["zone"], _by_address(had), _by_address(has))


def _serials(zone: str, had: dict[str, Document], has: dict[str, Document]) -> Iterator[Difference]:
    changed = [
        (had[address]["serial"], has[address]["serial"])
        for address in had
        if address in has and None not in (had[address]["serial"], has[address]["serial"])
    ]
    for was, is_now in dict.fromkeys(pair for pair in changed if pair[0] != pair[1]):
        text = f"the serial of {zone} was {was}, and is {is_now}"
        yield Difference("serial", zone, None, was, is_now, text)


def _by_address(zone: Document) -> dict[str, Document]:
    return {each["address"]: each for server in zone["servers"] for each in server["addresses"]}


# --- what was found ---------------------------------------------------------------------------------


def _findings(old: Document, new: Document) -> Iterator[Difference]:
    if None in (old["reconciliation"], new["reconciliation"]):
        return
    before, after = _codes(old), _codes(new)
    for key in (key for key in before if key not in after):
        code, zone, server = key
        yield Difference("finding", zone, server, code, None, f"no longer found: {code}{_at(zone, server)}")
    for key in (key for key in after if key not in before):
        code, zone, server = key
        text = f"now found: {code}{_at(zone, server)}: {after[key]}"
        yield Difference("finding", zone, server, None, code, text)


def _codes(document: Document) -> dict[tuple[str, str | None, str | None], str]:
    return {(each["code"], each["zone"], each["server"]): each["message"] for each in document["findings"]}


def _at(zone: str | None, server: str | None) -> str:
    return "".join(f" {word} {each}" for word, each in (("at", server), ("of", zone)) if each)


def _resolvers(old: Document, new: Document) -> Iterator[Difference]:
    after = {each["resolver"]: each for each in new["resolvers"] or ()}
    for had in old["resolvers"] or ():
        has = after.get(had["resolver"])
        if has is not None and had["difference"] != has["difference"]:
            text = f"resolver {had['resolver']}: was {had['difference']}, and is {has['difference']}"
            yield Difference("resolver", None, had["resolver"], had["difference"], has["difference"], text)


def _expectations(old: Document, new: Document) -> Iterator[Difference]:
    after = {each["text"]: each["met"] for each in new["expectations"] or ()}
    for had in old["expectations"] or ():
        met = after.get(had["text"], had["met"])
        if met != had["met"]:
            text = f"{had['text']}: {'now met' if met else 'no longer met'}"
            yield Difference("expectation", None, had["text"], had["met"], met, text)


_COMPARED: tuple[Callable[[Document, Document], Iterator[Difference]], ...] = (
    _outcome, _answer, _delegations, _servers, _reconciled, _findings, _resolvers, _expectations,
)  # fmt: skip
