from dataclasses import replace

import dns.rrset
from rich.text import Text

from dnstrace.analysis.caching import negative_ttl
from dnstrace.model import Kind, Outcome, Trace
from dnstrace.render.endings import ending
from dnstrace.render.layout import UNICODE, Node, rows
from tests.checks.checking import walked
from tests.render import traces
from tests.replies import name, reply, rrset

TIMES = "\N{MULTIPLICATION SIGN}"


def lines(trace: Trace, index: int = -1) -> list[str]:
    root = Node(Text(""), ending(trace.steps[index], trace))
    return [row.plain[3:] for row in rows(root, 120, UNICODE)][1:]


def test_one_record() -> None:
    assert lines(traces.plain()) == ["www.example.com. 5m A 192.0.2.44   authoritative"]


def test_several_records_are_listed() -> None:
    assert lines(traces.several()) == [
        f"www.example.com. 5m A {TIMES}4   authoritative",
        "├─ 192.0.2.44",
        "├─ 192.0.2.45",
        "├─ 192.0.2.46",
        "└─ 192.0.2.47",
    ]


def test_of_very_many_the_first_ten() -> None:
    shown = lines(traces.many_texts())
    assert shown[0] == f"example.com. 5m TXT {TIMES}40   authoritative"
    assert len(shown) == 12
    assert shown[-1] == "└─ ... and 30 more (--short lists them all)"


def test_signatures_become_a_word() -> None:
    signature = "A 13 3 300 20250701000000 20250601000000 1 example.com. c2ln"
    records = ("www.example.com. 300 A 192.0.2.44", f"www.example.com. 300 RRSIG {signature}")
    assert lines(traces.answer(*records)) == ["www.example.com. 5m A 192.0.2.44   authoritative, signed"]
    asked = traces.answer(*records, question="www.example.com. RRSIG")
    assert lines(asked) == [f"www.example.com. 5m RRSIG {signature}   authoritative"]


def test_not_authoritative_is_said() -> None:
    assert lines(traces.lame()) == ["www.example.com. 4m47s A 192.0.2.44   not authoritative"]


def test_a_server_that_holds_the_child_zone_too() -> None:
    trace = traces.answer(
        "www.sub.example.com. 300 A 192.0.2.1",
        question="www.sub.example.com. A",
        authority=("sub.example.com. 300 NS ns1.example.com.",),
    )
    assert lines(trace) == ["www.sub.example.com. 5m A 192.0.2.1   authoritative for sub.example.com"]


def test_what_a_dname_makes_is_marked() -> None:
    assert lines(traces.alias_below(), 2) == [
        "old.example.com. 1h DNAME new.example.com.   authoritative",
        "www.old.example.com. 1h CNAME www.new.example.com.   synthesised from the DNAME",
    ]


def test_no_such_name() -> None:
    assert lines(traces.nxdomain()) == [
        "nope.example.com. ─ NXDOMAIN, no such name   authoritative",
        "└─ example.com. 15m SOA · MINIMUM 1d · negative TTL 15m",
    ]


def test_no_such_data() -> None:
    assert lines(traces.nodata()) == [
        "www.example.com. ─ NODATA, no MX records   authoritative",
        "└─ example.com. 1d SOA · MINIMUM 15m · negative TTL 15m",
    ]


def test_a_negative_answer_without_soa() -> None:
    story = traces.begin("www.example.com. MX")
    traces.last(story, reply("www.example.com. MX", flags="QR AA"))
    assert lines(story.trace(Outcome.NODATA)) == [
        "www.example.com. ─ NODATA, no MX records   authoritative",
        "! no SOA record: resolvers cannot cache this negative answer",
    ]


def test_the_negative_ttl_is_the_lesser_of_two() -> None:
    """RFC 2308 section 5."""
    meaning = traces.nxdomain().steps[-1].meaning
    assert meaning is not None and meaning.soa is not None
    assert negative_ttl(meaning) == 900
    longer: dns.rrset.RRset = rrset("example.com. 90000 SOA a. b. 1 2 3 4 60")
    assert negative_ttl(replace(meaning, soa=longer)) == 60
    assert negative_ttl(replace(meaning, soa=None)) is None


def test_a_failed_step_says_why_and_the_last_one_that_it_is_the_last() -> None:
    trace = traces.broken()
    assert lines(trace) == ["✗ the walk ends here"]
    assert lines(replace(trace, error="")) == [f"✗ {trace.steps[-1].note}"]


def test_only_the_last_step_says_that_the_walk_ends() -> None:
    trace = traces.broken()
    again = replace(trace, steps=(*trace.steps, replace(trace.steps[-1], id=4, parent=3)))
    assert lines(again, 2) == [f"✗ {trace.steps[-1].note}"]
    assert lines(again, 3) == ["✗ the walk ends here"]


def test_a_name_that_a_dname_makes_too_long() -> None:
    trace = traces.alias_below()
    step = trace.steps[2]
    meaning = replace(step.attempts[0].meaning, kind=Kind.YXDOMAIN)
    failed = replace(
        step, attempts=(replace(step.attempts[0], meaning=meaning),), outcome=Outcome.FAILED, note="too long"
    )
    shown = lines(replace(trace, steps=(*trace.steps[:2], failed)))
    assert shown[0].startswith("old.example.com. 1h DNAME") and shown[-1] == "✗ too long"


def test_nothing_while_the_step_has_not_ended() -> None:
    assert lines(traces.under_way()) == []


def test_hostile_notes_are_harmless() -> None:
    assert lines(traces.hostile())[-1] == "! note \\027[31m\\u{2028}"
    assert all(map(str.isprintable, lines(traces.hostile())))


def test_an_soa_that_cannot_be_read_is_shown_as_it_is() -> None:
    trace = traces.nxdomain()
    attempt = trace.steps[-1].attempts[0]
    generic = dns.rrset.from_text(name("example.com."), 60, "IN", "TYPE65281", "\\# 1 00")
    step = replace(
        trace.steps[-1],
        attempts=(replace(attempt, meaning=replace(attempt.meaning, soa=generic)),),
    )
    assert lines(replace(trace, steps=(*trace.steps[:2], step)))[-1] == "└─ example.com. 1m SOA \\# 1 00"


def test_the_reason_of_look_ups_in_look_ups_is_given_once_where_it_happened() -> None:
    trace = walked("endless")
    failed = [step for step in trace.steps if "nested address look-up" in step.note]
    said = [step for step in failed if any("nested address" in line for line in lines(trace, step.id - 1))]
    assert len(failed) > 8 and said == failed[-1:]
