"""What changed between two traces, in words, from their JSON documents.

Only what both traces saw is compared. Whatever differs from run to run is not a change: which server was
picked, how long it took, how many queries were sent, TTLs that count down. The behaviour of a server is
compared if both traces asked it the same question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from dnstrace.analysis.served import at, by_address, changed_serials, unlike_answers
from dnstrace.analysis.unheard import unheard
from dnstrace.model.structs import Struct

if TYPE_CHECKING:
    from dnstrace.model.documents import Content


UNHEARD = "unheard"
"""In `Difference.what`: a server was asked in vain, which a lost datagram can cause too."""

_INCONCLUSIVE = {"abandoned", "known-silent", "network-unreachable", "not-recorded", "truncated"}
_SILENT = {"timeout", "port-unreachable", "host-unreachable", "connection-lost"}
_USABLE = {"answer", "alias", "referral", "nodata", "nxdomain", "yxdomain", "alias-loop"}
_MAIN = {"walk", "alias"}
_TRIES = 3  # timeouts, the last of them without EDNS, until an address counts as dead


class Difference(Struct):
    """One change: `what` is a word for programs, `zone` and `name` say what changed, absolute names.

    `worse` is set if users now fail who did not: a new error, no answer, a bogus one, an expectation not met.
    """

    what: str
    zone: str | None
    name: str | None
    old: Any
    new: Any
    text: str
    worse: bool = False


def differences(old: Content, new: Content) -> tuple[Difference, ...]:
    """What changed: the outcome, the answer, delegations, servers, findings, resolvers and expectations.

    Both are documents (`dnstrace.render.document`) of the same question; raises ValueError if they are not.
    """
    if old["question"] != new["question"]:
        questions = " and ".join(map(_question_in_words, (old, new)))
        raise ValueError(f"the two traces answer different questions: {questions}")
    found = (difference for compare in _COMPARED for difference in compare(old, new))
    return tuple(dict.fromkeys(found))


def in_words(name: str) -> str:
    """A name of a document as it stands in a sentence: without the final dot, or `the root`."""
    return name.removesuffix(".") or "the root"


def asked(document: Content) -> str:
    """The question of a document: absolute name and type."""
    return f"{document['question']['name']} {document['question']['type']}"


def _question_in_words(document: Content) -> str:
    return f"{in_words(document['question']['name'])} {document['question']['type']}"


# --- the whole --------------------------------------------------------------------------------------


def _outcome_changes(old: Content, new: Content) -> Iterator[Difference]:
    name = old["question"]["name"]
    if old["outcome"] != new["outcome"]:
        text = f"the outcome changed from {old['outcome']} to {new['outcome']}"
        if new["outcome"] == "failed" and new["error"]:
            text += f": {new['error']}"
        failed = new["outcome"] == "failed"
        yield Difference("outcome", None, name, old["outcome"], new["outcome"], text, worse=failed)
    if None not in (old["security"], new["security"]) and old["security"] != new["security"]:
        why = f": {new['reason']}" if new["reason"] else ""
        text = f"the security status changed from {old['security']} to {new['security']}{why}"
        bogus = new["security"] == "bogus"
        yield Difference("security", None, name, old["security"], new["security"], text, worse=bogus)


def _answer_changes(old: Content, new: Content) -> Iterator[Difference]:
    """Changes to the records of the answer, without signatures, and to TTLs that do not count down."""
    before, after = _rrsets(old["answer"]), _rrsets(new["answer"])
    if "failed" in (old["outcome"], new["outcome"]) or _every_server_agrees_with_before(old, new):
        return  # a failed trace does not show which records exist
    unlike, _ = unlike_answers(old, new)  # of these, chance decides which server's data a trace gets
    for key in (key for key in dict.fromkeys((*before, *after)) if key not in unlike):
        name, rdtype = key
        yield from _data_changes(name, rdtype, before.get(key), after.get(key))
        had, has = before.get(key), after.get(key)
        if had and has and had["ttl"] != has["ttl"] and _authoritative(old) and _authoritative(new):
            text = f"the TTL of {in_words(name)} {rdtype} changed from {had['ttl']} s to {has['ttl']} s"
            yield Difference("answer-ttl", None, name, had["ttl"], has["ttl"], text)


def _every_server_agrees_with_before(old: Content, new: Content) -> bool:
    """Whether both traces asked every server, and every server gives the same answer as before.

    If the servers of a zone disagree, chance decides which answer a trace gets.
    """
    if None in (old["reconciliation"], new["reconciliation"]):
        return False
    before, after = (
        {zone["zone"]: _answers_by_address(zone) for zone in each["reconciliation"]} for each in (old, new)
    )
    return before == after and old["outcome"] == new["outcome"]


def _answers_by_address(zone: Content) -> dict[str, list[Any]]:
    """The answer of each address of a zone, without signatures."""
    return {
        address: sorted(
            [r["name"], r["type"], r["ttl"], *sorted(r["rdata"])]
            for r in each["answer"]
            if r["type"] != "RRSIG"
        )
        for address, each in by_address(zone).items()
    }


def _data_changes(name: str, rdtype: str, had: Content | None, has: Content | None) -> Iterator[Difference]:
    before, after = set(had["rdata"] if had else ()), set(has["rdata"] if has else ())
    if rdtype == "SOA" and len(before) == len(after) == 1 and before != after:
        serials = [next(iter(data)).split()[2] for data in (before, after)]
        text = f"the serial of {in_words(name)} changed from {serials[0]} to {serials[1]}"
        yield Difference("serial", name, None, int(serials[0]), int(serials[1]), text)
        return
    for data in sorted(before - after):
        yield Difference("answer", None, name, data, None, f"{in_words(name)} no longer has {rdtype} {data}")
    for data in sorted(after - before):
        yield Difference("answer", None, name, None, data, f"{in_words(name)} now has {rdtype} {data}")


def _rrsets(answer: list[Content]) -> dict[tuple[str, str], Content]:
    return {(each["name"], each["type"]): each for each in answer if each["type"] != "RRSIG"}


def _authoritative(document: Content) -> bool:
    """Whether the whole answer is authoritative, so that its TTLs do not count down."""
    ends = [
        step
        for step in document["steps"]
        if step["purpose"] in _MAIN and step["outcome"] in ("answer", "alias")
    ]
    chosen = [step["attempts"][step["chosen"]] for step in ends if step["chosen"] is not None]
    return bool(chosen) and all("aa" in (attempt["flags"] or ()) for attempt in chosen)


# --- the delegations --------------------------------------------------------------------------------


def _delegation_changes(old: Content, new: Content) -> Iterator[Difference]:
    before, after = _cuts(old), _cuts(new)
    for zone in dict.fromkeys((*before, *after)):
        if zone in before and zone in after:
            yield from _cut_changes(zone, before[zone], after[zone])
        elif "failed" not in (old["outcome"], new["outcome"]):
            gone = zone in before
            text = f"{in_words(zone)} is {'no longer' if gone else 'now'} delegated"
            yield Difference("delegation", zone, None, gone, not gone, text)


def _cuts(document: Content) -> dict[str, Content]:
    """The delegations that the walk followed, by zone."""
    steps = (step for step in document["steps"] if step["purpose"] in _MAIN and step["referral"])
    return {step["referral"]["zone"]: step["referral"] for step in steps}


def _cut_changes(zone: str, had: Content, has: Content) -> Iterator[Difference]:
    yield from _set_changes("ns", zone, had["ns"], has["ns"], "name server", "the parent zone")
    glue = [{f"{each['name']} {each['address']}" for each in cut["glue"]} for cut in (had, has)]
    yield from _set_changes("glue", zone, glue[0], glue[1], "glue", "the parent zone")
    yield from _set_changes("ds", zone, had["ds"], has["ds"], "DS record", "the parent zone")
    if had["ttl"] != has["ttl"] and None not in (had["ttl"], has["ttl"]):
        text = f"{in_words(zone)}: the TTL of the delegation changed from {had['ttl']} s to {has['ttl']} s"
        yield Difference("delegation-ttl", zone, None, had["ttl"], has["ttl"], text)


def _set_changes(what: str, zone: str, had: Any, has: Any, kind: str, where: str) -> Iterator[Difference]:
    """The members of a set that were removed from `where` or added to it; `kind` is what they are called."""
    before, after, prefix = set(had), set(has), f"{in_words(zone)}: {kind}"
    for each in sorted(before - after):
        yield Difference(what, zone, each, each, None, f"{prefix} {_member(each)} removed from {where}")
    for each in sorted(after - before):
        yield Difference(what, zone, each, None, each, f"{prefix} {_member(each)} added to {where}")


# --- the servers ------------------------------------------------------------------------------------


def _member(each: str) -> str:
    """A name, or glue, as it stands in a sentence; DS data as they are."""
    name, blank, rest = each.partition(" ")
    return f"{in_words(name)}{blank}{rest}"


def _server_changes(old: Content, new: Content) -> Iterator[Difference]:
    """Changes at addresses that both traces asked the same question."""
    before, after = _last_results(old), _last_results(new)
    reported: set[tuple[str, str]] = set()
    for key in (key for key in before if key in after):
        zone, address, *_ = key
        (server, was), (_, is_now) = before[key], after[key]
        if (was in _USABLE and is_now in _USABLE) or was == is_now or (zone, address) in reported:
            continue
        reported.add((zone, address))
        state = f"{in_words(server)} ({address}) {_server_state(was, is_now)}"
        yield Difference("server", zone, server, was, is_now, f"{in_words(zone)}: {state}")


def _unheard_servers(old: Content, new: Content) -> Iterator[Difference]:
    """Servers that answered before and were asked in vain now, though not often enough to count as dead."""
    dead = {key[:2] for key, (_, last) in _last_results(new).items() if last in _SILENT}
    for zone, server, address, took, waited in unheard(old, new):
        if (zone, address) not in dead:
            state = f"answered in {took:.0f} ms before and was not heard in {waited:.0f} ms now"
            text = f"{in_words(zone)}: {in_words(server)} ({address}) {state}"
            yield Difference(UNHEARD, zone, server, took, waited, text)


def _server_state(was: str, is_now: str) -> str:
    if is_now in _SILENT:
        return "no longer answers"
    before, now = was.replace("-", " "), is_now.replace("-", " ")
    if is_now in _USABLE:
        return "answers again" if was in _SILENT else f"gives a usable answer again (before: {before})"
    if was in _USABLE:
        return f"no longer gives a usable answer: {now}"
    return f"still gives no usable answer: {now} (before: {before})"


def _last_results(document: Content) -> dict[tuple[str, str, str, str], tuple[str, str]]:
    """The server and last result of each address, by zone, address and question; only steps of the walk.

    A timeout is left out if the address was not asked often enough to count as dead.
    """
    found: dict[tuple[str, str, str, str], tuple[str, str]] = {}
    tries: Counter[tuple[str, str, str, str]] = Counter()
    for step in (step for step in document["steps"] if step["purpose"] in _MAIN):
        for attempt in step["attempts"]:
            if attempt["meaning"] not in _INCONCLUSIVE:
                key = step["zone"], attempt["address"], step["question"]["name"], step["question"]["type"]
                found[key] = attempt["server"], attempt["meaning"]
                tries[key] += 1
    return {key: last for key, last in found.items() if last[1] != "timeout" or tries[key] >= _TRIES}


def _zone_changes(old: Content, new: Content) -> Iterator[Difference]:
    """Changes to the zone's own NS RRset and to the serials of its servers, if both traces were checked."""
    if None in (old["reconciliation"], new["reconciliation"]):
        return
    after = {zone["zone"]: zone for zone in new["reconciliation"]}
    for had in old["reconciliation"]:
        if (has := after.get(had["zone"])) is not None:
            named = [
                [server["name"] for server in zone["servers"] if server["at_zone"]] for zone in (had, has)
            ]
            if all(named):
                yield from _set_changes(
                    "own-ns", had["zone"], named[0], named[1], "name server", "the zone itself"
                )
            yield from _serial_changes(had, has)


def _serial_changes(had: Content, has: Content) -> Iterator[Difference]:
    zone = had["zone"]
    for servers, was, is_now in changed_serials(had, has):
        text = f"the serial of {in_words(zone)} changed from {was} to {is_now}{at(servers)}"
        yield Difference("serial", zone, _alone(servers), was, is_now, text)


def _served_changes(old: Content, new: Content) -> Iterator[Difference]:
    """Changes to what servers answer, where not all of them changed alike."""
    for zone, (name, rdtype), data, gone, servers in unlike_answers(old, new)[1]:
        text = f"{in_words(name)} {'no longer' if gone else 'now'} has {rdtype} {data}{at(servers)}"
        had, has = (data, None) if gone else (None, data)
        yield Difference("server-answer", zone, _alone(servers), had, has, text)


def _alone(servers: tuple[str, ...]) -> str | None:
    """The name of the server that changed, absolute; None if there are several."""
    return f"{servers[0].partition(' ')[0]}." if len(servers) == 1 else None


# --- what was found ---------------------------------------------------------------------------------


def _finding_changes(old: Content, new: Content) -> Iterator[Difference]:
    if None in (old["reconciliation"], new["reconciliation"]):
        return
    before, after = _messages(old), _messages(new)
    for key in (key for key in before if key not in after):
        code, zone, server = key
        yield Difference(
            "finding", zone, server, code, None, f"no longer found: {code}{_where(zone, server)}"
        )
    errors = {key for key in after if after[key][1] == "error"}
    for key in (key for key in after if key not in before):
        code, zone, server = key
        text = f"now found: {code}{_where(zone, server)}: {after[key][0]}"
        yield Difference("finding", zone, server, None, code, text, worse=key in errors)


def _messages(document: Content) -> dict[tuple[str, str | None, str | None], tuple[str, str]]:
    """The message of each finding, and its level; also of those that are accepted, now or then."""
    accepted = (each["finding"] for each in document.get("accepted", ()))
    found = (*document["findings"], *accepted)
    return {(each["code"], each["zone"], each["server"]): (each["message"], each["level"]) for each in found}


def _where(zone: str | None, server: str | None) -> str:
    return "".join(f" {word} {in_words(each)}" for word, each in (("at", server), ("in", zone)) if each)


def _resolver_changes(old: Content, new: Content) -> Iterator[Difference]:
    after = {each["resolver"]: each for each in new["resolvers"] or ()}
    for had in old["resolvers"] or ():
        has = after.get(had["resolver"])
        if has is not None and had["difference"] != has["difference"]:
            text = f"resolver {had['resolver']}: changed from {had['difference']} to {has['difference']}"
            yield Difference("resolver", None, had["resolver"], had["difference"], has["difference"], text)


def _expectation_changes(old: Content, new: Content) -> Iterator[Difference]:
    after = {each["text"]: each["met"] for each in new["expectations"] or ()}
    for had in old["expectations"] or ():
        met = after.get(had["text"], had["met"])
        if met != had["met"]:
            text = f"{had['text']}: {'now met' if met else 'no longer met'}"
            yield Difference("expectation", None, had["text"], had["met"], met, text, worse=not met)


_COMPARED: tuple[Callable[[Content, Content], Iterator[Difference]], ...] = (
    _outcome_changes, _answer_changes, _delegation_changes, _server_changes, _unheard_servers,
    _served_changes, _zone_changes, _finding_changes, _resolver_changes, _expectation_changes,
)  # fmt: skip
