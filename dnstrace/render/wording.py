"""An exchange in words, and the colours that all of render uses.

*No answer* is not *wrong answer*: the first words of a line distinguish them. A sign before the line shows
the state without colour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.rdatatype
from rich.text import Text

from dnstrace.model import ROOT, Cause, Kind, Purpose, Source, Transport
from dnstrace.render.edns import edns_options, shortened, version_text
from dnstrace.render.layout import UNICODE_ONLY
from dnstrace.render.text import count_text, harmless, name_text, rcode_text, time_text, unicode_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    import dns.name

    from dnstrace.model import Attempt, Name, Question, Step

BAD, WARNING, GOOD, QUIET, STRONG = "red", "magenta", "green", "dim", "bold"  # yellow is lost on white
TAGS = 4  # ids of steps on a line
_BETTER = " because no server of the zone gave a better answer"
TOLD = "italic"  # sentences for learners
SIGNS = {BAD: "✗ ", WARNING: "! "}
SEPARATOR = " · "

_NO_ANSWER = {
    Kind.TIMEOUT: "no answer in {time}",
    Kind.ABANDONED: "no answer in {time}, no longer needed",
    Kind.PORT_UNREACHABLE: "no answer: port unreachable",
    Kind.NETWORK_UNREACHABLE: "no answer: no route to this address",
    Kind.HOST_UNREACHABLE: "no answer: host unreachable",
    Kind.CONNECTION_LOST: "no answer: connection lost",
    Kind.CERTIFICATE: "no answer: certificate rejected",
    Kind.KNOWN_SILENT: "no answer: not asked, it was silent before",
    Kind.NOT_RECORDED: "no answer: not in the record",
}
_SAYS_ALL = {Kind.PORT_UNREACHABLE, Kind.NETWORK_UNREACHABLE, Kind.HOST_UNREACHABLE}
_WRONG_ANSWER = {
    Kind.MALFORMED: "wrong answer: not a DNS message",
    Kind.MISMATCH: "wrong answer: does not match the query",
    Kind.UPWARD_REFERRAL: "lame: refers back up the tree",
    Kind.SIDEWAYS_REFERRAL: "lame: refers to an unrelated zone",
    Kind.SELF_REFERRAL: "lame: refers to the same zone",
    Kind.LAME: "lame",
    Kind.TRUNCATED_OVER_TCP: "wrong answer: truncated over TCP",
    Kind.EMPTY: "wrong answer: empty reply",
    Kind.OTHER_NAME: "wrong answer: for a different name",
    Kind.OTHER_TYPE: "wrong answer: records of a different type",
    Kind.WRONG_CLASS: "wrong answer: in a different class",
    Kind.ALIAS_LOOP: "wrong answer: alias loop",
    Kind.YXDOMAIN: "the name would be too long (YXDOMAIN)",
    Kind.REFUSED: "refused to answer (REFUSED)",
    Kind.SERVER_FAILURE: "server failure (SERVFAIL)",
    Kind.NOT_IMPLEMENTED: "does not support this query (NOTIMP)",
    Kind.FORMAT_ERROR: "did not understand the query (FORMERR)",
    Kind.BAD_VERSION: "does not support this EDNS version (BADVERS)",
    Kind.BAD_COOKIE: "requires a valid cookie (BADCOOKIE)",
    Kind.OTHER_RCODE: "answered with an error ({rcode})",
}
_CAUSES: dict[Cause | None, str] = {  # the lines of Cause.NO_TCP already show it
    Cause.NO_EDNS: "rejects queries with EDNS",
    Cause.DROPS_EDNS: "drops queries with EDNS",
    Cause.DROPS_LARGE_UDP: "UDP replies over 512 octets may be lost",
}
_SOURCES = {
    Source.HINT: "hint",
    Source.GLUE: "glue",
    Source.RESOLVED: "looked up",
    Source.CACHE: "known",
    Source.GIVEN: "given",
}


def shown_name(name: dns.name.Name, style: str = "") -> Text:
    """A name, followed by its Unicode form if it has one that can be displayed."""
    text, unicode = Text(name_text(name), style), unicode_name(name)
    return text if unicode is None else text.append(f" ({unicode})", UNICODE_ONLY)


def shown_server(server: dns.name.Name, address: str) -> Text:
    """A name server and its address; only that if the name is not known, as for the server given."""
    return Text(address) if server == ROOT else shown_name(server).append(f" {address}")


def zone_title(step: Step) -> Text:
    """What stands at the head of a zone's part: its name, or that the walk starts at the server given."""
    return Text("start", STRONG) if step.given else shown_name(step.zone, STRONG)


def question_text(question: Question) -> Text:
    """A question as a heading: name and type."""
    rdtype = dns.rdatatype.to_text(question.rdtype)
    return Text.assemble(shown_name(question.name, STRONG), (f" {rdtype}", STRONG))


def joined(parts: list[Text | str]) -> Text:
    """The non-empty parts, separated."""
    separator = Text.assemble((SEPARATOR, QUIET))  # the style of a Text would apply to the whole line
    return separator.join([Text(p) if isinstance(p, str) else p for p in parts if p])


def marked(style: str, text: Text | str) -> Text:
    """A line in the colour of `style`, after its sign."""
    text = Text(text) if isinstance(text, str) else text
    return Text.assemble((SIGNS.get(style, ""), style), text)


def tag(line: Text, steps: Sequence[int]) -> Text:
    """The line with the ids of steps at its end, of many the first: `#5 #9`."""
    more = " ..." if len(steps) > TAGS else ""
    return line.append("".join(f" #{number}" for number in steps[:TAGS]) + more, QUIET) if steps else line


def attempt_line(step: Step, index: int) -> Text:
    """One attempt of a step: server, address, and the result."""
    attempt = step.attempts[index]
    who = shown_server(attempt.server, attempt.address)
    remarks = _remarks(step, index)
    if index == step.chosen and attempt.meaning.offer is None:
        return joined([who, *_took(attempt), _place(step, attempt), *remarks])
    return result_line(step, index, who, time_text(attempt.exchange.elapsed), remarks)


def result_line(step: Step, index: int, who: Text, took: str, remarks: list[Text | str]) -> Text:
    """The result of an attempt that was not chosen, and of others like it, from `who`, which it `took`."""
    attempt = step.attempts[index]
    style, words = _judgement(step, attempt, index == step.chosen)
    parts = [who, Text(words, style), *([] if attempt.meaning.kind in _NO_ANSWER else _took(attempt, took))]
    return marked(style, joined([*parts, *remarks]))


def not_recorded_line(attempts: list[Attempt]) -> Text:
    """The attempts that are missing from the replayed record."""
    addresses = {attempt.address for attempt in attempts}
    who = count_text(len(addresses), "address", "addresses")
    return marked(BAD, joined([who, Text(_NO_ANSWER[Kind.NOT_RECORDED], BAD)]))


def unanswered_text(attempt: Attempt) -> str:
    """Why an exchange brought no message."""
    words = {**_NO_ANSWER, **_WRONG_ANSWER}[attempt.meaning.kind]
    words = words.format(time=time_text(attempt.exchange.elapsed))
    note = "" if attempt.meaning.kind in _SAYS_ALL else harmless(attempt.meaning.note)
    return f"{words}{', ' if ': ' in words else ': '}{note}" if note else words


def _took(attempt: Attempt, took: str = "") -> list[Text | str]:
    over = " over TCP" if attempt.exchange.query.transport is Transport.TCP else ""
    return [(took or time_text(attempt.exchange.elapsed)) + over]


def _judgement(step: Step, attempt: Attempt, chosen: bool) -> tuple[str, str]:
    """The style and the words for an attempt other than a usable chosen one."""
    kind, exchange, note = attempt.meaning.kind, attempt.exchange, attempt.meaning.note
    if kind is Kind.TRUNCATED:
        return WARNING, "truncated, retried over TCP"
    if attempt.meaning.usable:
        return _answered_too(step, attempt)
    note = "" if kind in _SAYS_ALL else note
    words = {**_NO_ANSWER, **_WRONG_ANSWER}[kind]
    rcode = attempt.meaning.rcode
    if exchange.query.transport is Transport.TCP:
        words = words.replace("no answer", "no answer over TCP")
    words = words.format(
        time=time_text(exchange.elapsed),
        rcode="" if rcode is None else rcode_text(rcode),
    )
    if note:
        words = f"{words}{', ' if ': ' in words else ': '}{harmless(note)}"
    if chosen:
        alone = len({each.address for each in step.attempts}) == 1
        why = ", since it is the only server asked" if alone else _BETTER
        return WARNING, f"{words}; used{why}"
    return (WARNING if kind is Kind.ABANDONED else BAD), words


def _answered_too(step: Step, attempt: Attempt) -> tuple[str, str]:
    """The answer of a server other than the chosen one, if every server was asked: same or different."""
    if step.all_servers and step.chosen is not None:
        from dnstrace.render.results import different_answer  # only a survey needs it

        chosen = step.attempts[step.chosen]
        signed = attempt.exchange.query.dnssec_ok or not chosen.exchange.query.dnssec_ok
        if words := different_answer(attempt.meaning, chosen.meaning, signed):
            return WARNING, words
    return QUIET, "answered too"


def _place(step: Step, attempt: Attempt) -> str:
    """One of how many servers, and the source of the address: `1 of 13 (glue)`."""
    known = (address for server in step.servers for address in server.addresses)
    source = next((each.source for each in known if each.text == attempt.address), None)
    if step.given and len(step.servers) == 1:
        return _SOURCES[Source.GIVEN]
    return f"1 of {len(step.servers)}" + ("" if source is None else f" ({_SOURCES[source]})")


def _remarks(step: Step, index: int) -> list[Text | str]:
    """Further remarks: tries, missing EDNS, stray replies, extended errors, NSID."""
    exchange = step.attempts[index].exchange
    remarks: list[Text | str] = []
    if tries := sum(attempt.exchange.query == exchange.query for attempt in step.attempts[:index]):
        remarks.append(f"try {tries + 1}")
    remarks += shared_remarks(step, index)
    if exchange.message is not None and (nsid := edns_options(exchange.message).nsid_text):
        remarks.append(f"NSID {shortened(nsid)}")
    return remarks


def shared_remarks(step: Step, index: int) -> list[Text | str]:
    """The remarks that may be true of several servers: missing EDNS, stray replies, extended errors."""
    exchange = step.attempts[index].exchange
    earlier = (attempt.exchange.query for attempt in step.attempts[:index])
    before = [query for query in earlier if query.address == exchange.query.address]
    remarks: list[Text | str] = []
    if words := _CAUSES.get(step.attempts[index].cause):
        remarks.append(Text(words, WARNING))
    elif exchange.query.edns is None and any(query.edns is not None for query in before):
        remarks.append(Text("asked without EDNS", WARNING))
    if exchange.mismatched:
        strays = count_text(exchange.mismatched, "stray reply", "stray replies")
        remarks.append(Text(f"{strays} ignored", WARNING))
    if exchange.message is not None:
        options = edns_options(exchange.message)
        remarks += [Text(error, WARNING) for error in options.error_texts]
        if options.version is not None:
            remarks.append(version_text(options.version))
    return remarks


def beside_line(
    wanted: Question,
    purpose: Purpose,
    needed_by: Step | None,
    inside: list[Step],
    found: bool,
    unasked: str = "",
    needed: bool = True,
) -> Text:
    """A look-up next to a walk: what was asked, the result and the cost; `inside` are all of its steps.

    `needed_by` is the step that needed it, `found` is set if there was an answer; `unasked` says why servers
    on the way were not asked; it was stopped unless it is still `needed`.
    """
    head = _lookup_head(wanted, purpose, needed_by)
    attempts = [a for step in inside for a in step.attempts if a.meaning.kind is not Kind.NOT_RECORDED]
    queries = count_text(len(attempts), "query", "queries")
    if any(step.outcome is None for step in inside):
        return head.append(f"asking, {queries}")
    begin = min((a.exchange.start for a in attempts), default=0.0)
    end = max((a.exchange.start + a.exchange.elapsed for a in attempts), default=begin)
    cost = f", {queries}, {time_text(end - begin)}"
    if purpose is not Purpose.NS_ADDRESS:
        return head.append(f"asked too{cost}")
    if found:
        return head.append(f"looked up{cost}")
    if not needed:
        return marked(WARNING, Text.assemble(head, ("no longer needed", WARNING), cost))
    return marked(BAD, Text.assemble(head, (unasked or "no address found", BAD), cost))


def _lookup_head(wanted: Question, purpose: Purpose, needed_by: Step | None) -> Text:
    name = shown_name(wanted.name)
    if purpose is not Purpose.NS_ADDRESS:
        return name.append(f" {dns.rdatatype.to_text(wanted.rdtype)}: ")
    if needed_by is None:
        return name.append(" (the given server): ")
    at_glue = [attempt for attempt in needed_by.attempts if _is_at_glue(attempt, wanted.name, needed_by)]
    if any(attempt.meaning.usable for attempt in at_glue):
        return name.append(": ")
    return name.append(" gives no answer at its glue: " if at_glue else " has no usable glue: ")


def _is_at_glue(attempt: Attempt, name: Name, step: Step) -> bool:
    """Whether an attempt went to an address that the parent gave for this name server."""
    address = attempt.address
    glue = (a for server in step.servers if server.name == name for a in server.addresses)
    return any(each.text == address and each.source is Source.GLUE for each in glue)


def source_words(step: Step) -> str:
    """How the servers of the first step of a walk became known."""
    sources = {address.source for server in step.servers for address in server.addresses}
    if Source.HINT in sources:
        return "from the root hints"
    if Source.GIVEN in sources:
        return "given"
    return "zone cut already known"


def probed_line(steps: list[Step]) -> Text:
    """The probes of a zone in one line: number of questions, number of queries, duration."""
    attempts = [attempt for step in steps for attempt in step.attempts]
    probing = any(step.outcome is None for step in steps)
    begin = min((a.exchange.start for a in attempts), default=0.0)
    end = max((a.exchange.start + a.exchange.elapsed for a in attempts), default=begin)
    addresses = {attempt.address for attempt in attempts}
    cost = f"{count_text(len(attempts), 'query', 'queries')}, {time_text(end - begin)}"
    asked = f"{count_text(len(steps), 'question')} to {count_text(len(addresses), 'address', 'addresses')}"
    return Text(f"{'probing' if probing else 'probed'}: {asked}, {cost}", QUIET)
