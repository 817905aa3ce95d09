from dataclasses import replace

import dns.rdatatype

from dnstrace.model import Edns, Fault, Outcome, Purpose, Source, Trace
from dnstrace.render.branches import Branches
from dnstrace.render.layout import UNICODE, rows
from tests.render import traces
from tests.replies import name, reply

STOPPED = "stopped before it was finished"


def blocks(trace: Trace) -> list[list[str]]:
    return [
        [row.plain for node in block for row in rows(node, 120, UNICODE)]
        for block in Branches(trace, verbose=False).blocks()
    ]


def test_zones_nest_under_zones() -> None:
    (walk,) = blocks(traces.plain())
    assert walk == [
        ". ─ a.root-servers.net. 198.41.0.4 · 12 ms · 1 of 13 (hint)",
        "└─ com. ─ NS \N{MULTIPLICATION SIGN}3 · TTL 2d · signed",
        "   ├─ b.gtld-servers.net. 192.33.14.30 · 21 ms · 1 of 3 (glue)",
        "   └─ example.com. ─ NS \N{MULTIPLICATION SIGN}2 · TTL 2d · unsigned",
        "      ├─ ns1.example.com. 192.0.2.53 · 8 ms · 1 of 2 (glue)",
        "      └─ www.example.com. 5m A 192.0.2.44   authoritative",
    ]


def test_a_first_zone_where_several_servers_were_asked_has_a_line_of_its_own() -> None:
    story = traces.Story("www.example.com. A")
    story.root()
    late = story.fault("k.root-servers.net.", "198.41.0.14", ".", Fault.TIMEOUT, 2000)
    first = story.steps[0]
    trace = story.trace(None)
    step = replace(
        first, attempts=(replace(late, exchange=replace(late.exchange, start=0.0)), *first.attempts), chosen=1
    )
    (walk,) = blocks(replace(trace, steps=(step,)))
    assert walk == [
        ". ─ 13 servers, from the root hints",
        "├─ ✗ k.root-servers.net. 198.41.0.14 · no answer in 2.0 s",
        "└─ a.root-servers.net. 198.41.0.4 · 12 ms · 1 of 13 (hint)",
    ]


def test_attempts_stand_in_the_order_in_which_they_began() -> None:
    trace = traces.broken()
    step = replace(trace.steps[2], attempts=trace.steps[2].attempts[2::-1])
    (walk,) = blocks(replace(trace, steps=(*trace.steps[:2], step)))
    servers = [line.split("ns")[1].split(".")[0] for line in walk if "192.0.2." in line]
    assert servers == ["1", "2", "3"]


def test_nothing_is_said_of_signing_where_it_was_not_asked() -> None:
    trace = traces.plain()
    steps = []
    for step in trace.steps:
        query = replace(step.attempts[0].exchange.query, edns=Edns(dnssec_ok=False))
        attempt = replace(step.attempts[0], exchange=replace(step.attempts[0].exchange, query=query))
        steps.append(replace(step, attempts=(attempt,)))
    (walk,) = blocks(replace(trace, steps=tuple(steps)))
    assert walk[3].endswith("TTL 2d") and walk[1].endswith("signed")


def test_an_alias_is_a_further_walk_that_says_where_it_starts() -> None:
    first, second = blocks(traces.alias())
    assert first[-1].endswith("www.example.com. 5m CNAME www.example.net.   authoritative")
    assert second[0] == "www.example.net. A ─ alias target, starting at the root: no deeper zone cut is known"
    assert second[1].startswith(". ─ a.root-servers.net.")
    _, below = blocks(traces.alias_below())
    assert (
        below[0]
        == "www.new.example.com. A ─ alias target, starting at example.com, the deepest known zone cut"
    )
    assert below[1].startswith("example.com. ─ ns2.example.com. 2001:db8::54")


def test_an_alias_of_an_alias_to_a_name_below_it() -> None:
    story = traces.begin("www.example.com. A")
    for step, record in enumerate(
        (
            "www.example.com. 300 CNAME a.example.com.",
            "a.example.com. 300 CNAME b.a.example.com.",
            "b.a.example.com. 300 A 192.0.2.1",
        )
    ):
        asked = f"{record.split()[0]} A"
        attempt = story.asked(
            "ns1.example.com.", "192.0.2.53", "example.com.", reply(asked, flags="QR AA", answer=(record,)), 8
        )
        purpose = Purpose.ALIAS if step else Purpose.WALK
        story.step("example.com.", traces.ZONE, attempt, question=asked, purpose=purpose)
    assert [block[0].split(" ─ ")[0] for block in blocks(story.trace(Outcome.ANSWER))] == [
        ".",
        "a.example.com. A",
        "b.a.example.com. A",
    ]


def test_a_name_server_without_glue_is_looked_up_under_the_step_that_needs_it() -> None:
    (walk,) = blocks(traces.glueless())
    assert walk[4] == "      ├─ ns-2048.awsdns-64.net. has no usable glue: looked up, 3 queries, 42 ms"
    assert walk[5].startswith("      │  └─ . ─ a.root-servers.net.")
    assert walk[10] == "      │           └─ ns-2048.awsdns-64.net. 2d A 205.251.200.0   authoritative"
    assert walk[11] == "      ├─ ns-2048.awsdns-64.net. 205.251.200.0 · 8 ms · 1 of 2 (looked up)"


def test_a_look_up_under_way() -> None:
    (walk,) = blocks(traces.looking_up())
    assert walk[4].endswith("has no usable glue: asking, 1 query")
    assert sum("asking ..." in line for line in walk) == 1


def test_a_look_up_in_vain() -> None:
    trace = traces.glueless()
    lost = replace(trace.steps[5], attempts=(), chosen=None, outcome=Outcome.FAILED, note="no server")
    (walk,) = blocks(replace(trace, steps=(*trace.steps[:5], lost)))
    assert walk[4].startswith(
        "      ├─ ✗ ns-2048.awsdns-64.net. has no usable glue: no address found, 2 queries"
    )
    assert "✗ no server" in walk[9]


def test_a_look_up_that_was_stopped_is_no_failure_if_the_walk_got_on() -> None:
    trace = traces.glueless()
    lost = replace(
        trace.steps[5], attempts=(), chosen=None, outcome=Outcome.FAILED, note=STOPPED, stopped=True
    )
    (walk,) = blocks(replace(trace, steps=(*trace.steps[:5], lost)))
    assert walk[4].startswith(
        "      ├─ ! ns-2048.awsdns-64.net. has no usable glue: no longer needed, 2 queries"
    )
    assert walk[9].endswith("─ ! no longer needed")
    ended = replace(trace.steps[2], chosen=None, outcome=Outcome.FAILED)
    (walk,) = blocks(replace(trace, steps=(*trace.steps[:2], ended, *trace.steps[3:5], lost)))
    assert any(line.endswith(f"✗ {STOPPED}") for line in walk)


def test_both_types_of_address_are_one_look_up() -> None:
    trace = traces.glueless()
    sixth = replace(trace.steps[3], id=7, question=replace(trace.steps[3].question, rdtype=28), outcome=None)  # type: ignore[arg-type]
    (walk,) = blocks(replace(trace, steps=(*trace.steps, sixth)))
    assert sum("has no usable glue" in line for line in walk) == 1


def test_a_look_up_follows_aliases() -> None:
    """A name server whose name is an alias: wrong, and met (RFC 2181 section 10.3)."""
    trace = traces.glueless()
    story = traces.Story("x. A", now=100)
    asked = "ns-2048.awsdns-64.net. A"
    exchange = reply(asked, flags="QR AA", answer=("ns-2048.awsdns-64.net. 300 CNAME ns.example.org.",))
    alias = story.asked("g-ns-1.awsdns-64.net.", "205.251.192.1", "awsdns-64.net.", exchange, 9)
    found = reply("ns.example.org. A", flags="QR AA", answer=("ns.example.org. 300 A 205.251.200.0",))
    further = story.asked("g-ns-1.awsdns-64.net.", "205.251.192.1", "org.", found, 9)
    sixth = replace(trace.steps[5], attempts=(alias,), outcome=Outcome.ALIAS)
    seventh = replace(
        sixth, id=7, parent=6, zone=name("org."), attempts=(further,), outcome=Outcome.ANSWER,
        question=further.exchange.query.question,
    )  # fmt: skip
    (walk,) = blocks(replace(trace, steps=(*trace.steps[:5], sixth, seventh)))
    text = "\n".join(walk)
    assert "CNAME ns.example.org.   authoritative" in text
    assert "      │     └─ ns.example.org. 5m A 205.251.200.0   authoritative" in walk


def test_a_server_given_by_name_is_looked_up_first() -> None:
    whole = traces.glueless()
    looked_up = [replace(s, id=s.id - 3, parent=s.id - 4 or None) for s in whole.steps[3:6]]
    given = traces.servers("ns-2048.awsdns-64.net. 205.251.200.0", source=Source.GIVEN)
    walk = replace(whole.steps[2], id=4, parent=None, zone=name("."), servers=given)
    lookup, then = blocks(replace(whole, steps=(*looked_up, walk)))
    assert lookup[0] == "ns-2048.awsdns-64.net. (the given server): looked up, 3 queries, 42 ms"
    assert then[0] == "start ─ ns-2048.awsdns-64.net. 205.251.200.0 · 8 ms · given"


def test_priming_stands_before_the_walk() -> None:
    prime, walk = blocks(traces.primed())
    assert prime[0] == ". NS ─ priming: the root zone's own list of its servers"
    assert prime[-1] == "└─ . 6d NS \N{MULTIPLICATION SIGN}13   authoritative"
    assert walk[0].startswith(". ─ a.root-servers.net.")


def test_every_step_of_every_trace_is_drawn() -> None:
    for make in traces.ALL.values():
        trace = make()
        text = "\n".join(line for block in blocks(trace) for line in block)
        for step in trace.steps:
            for attempt in step.attempts:
                assert attempt.address in text
        assert text.count("asking ...") <= 1


def test_a_step_for_a_purpose_yet_to_come_is_not_lost() -> None:
    trace = traces.plain()
    question = replace(trace.question, rdtype=dns.rdatatype.SOA)
    probe = replace(trace.steps[2], id=4, parent=3, purpose=Purpose.PROBE, question=question)
    (walk,) = blocks(replace(trace, steps=(*trace.steps, probe)))
    assert sum("192.0.2.53" in line for line in walk) == 2


def minimised() -> Trace:
    """QNAME minimisation (RFC 9156): a zone is asked for one label more at a time."""
    story = traces.Story("www.a.example.com. MX")
    story.root("com. A")
    story.tld("example.com.", traces.ZONE_NS, traces.ZONE_GLUE, question="example.com. A")
    nothing = reply("a.example.com. A", flags="QR AA", authority=("example.com. 900 SOA a. b. 1 2 3 4 900",))
    asked = story.asked("ns1.example.com.", "192.0.2.53", "example.com.", nothing, 8)
    story.step("example.com.", traces.ZONE, asked, question="a.example.com. A")
    found = reply("www.a.example.com. MX", flags="QR AA", answer=("www.a.example.com. 300 MX 0 .",))
    story.step(
        "example.com.", traces.ZONE, story.asked("ns1.example.com.", "192.0.2.53", "example.com.", found, 8)
    )
    return story.trace(Outcome.ANSWER)


def test_a_zone_asked_for_several_names_stands_once() -> None:
    (walk,) = blocks(minimised())
    assert walk[0].endswith("1 of 13 (hint) · asked for com. A")
    assert walk[4:] == [
        "      ├─ ns1.example.com. 192.0.2.53 · 8 ms · 1 of 2 (glue) · asked for a.example.com. A",
        "      ├─ a.example.com. ─ NODATA, no A records   authoritative",
        "      │  └─ example.com. 15m SOA · MINIMUM 15m · negative TTL 15m",
        "      ├─ ns1.example.com. 192.0.2.53 · 8 ms · 1 of 2 (glue)",
        "      └─ www.a.example.com. 5m MX 0 .   authoritative",
    ]


def test_a_minimised_walk_that_begins_with_several_questions_to_one_zone() -> None:
    trace = minimised()
    steps = [replace(step, id=step.id - 2, parent=step.id - 3 or None) for step in trace.steps[2:]]
    (walk,) = blocks(replace(trace, steps=tuple(steps)))
    assert walk[0] == "example.com. ─ 2 servers, zone cut already known"
    assert len(walk) == 6


def test_keys_fetched_without_trouble_are_one_line() -> None:
    trace = traces.plain()
    story = traces.Story("com. DNSKEY", now=12)
    story.step("com.", traces.GTLD, story.asked(
        "b.gtld-servers.net.", "192.33.14.30", "com.",
        reply("com. DNSKEY", flags="QR AA", answer=("com. 300 DNSKEY 257 3 13 AAAA",)), 22,
    ))  # fmt: skip
    keys = replace(story.steps[0], id=4, parent=2, purpose=Purpose.DNSKEY)
    (walk,) = blocks(replace(trace, steps=(*trace.steps, keys)))
    assert walk[3] == "   ├─ com. DNSKEY: asked too, 1 query, 22 ms"
    assert len(walk) == 7
    failed = replace(keys, chosen=None, outcome=Outcome.FAILED, note="no keys")
    (walk,) = blocks(replace(trace, steps=(*trace.steps, failed)))
    assert any("no keys" in line for line in walk)
