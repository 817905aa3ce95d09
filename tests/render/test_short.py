from dataclasses import replace

from dnstrace.api import report
from dnstrace.model import Outcome
from dnstrace.render.short import short
from tests.render import traces


def test_one_record_a_line() -> None:
    assert short(report(traces.several())) == "192.0.2.44\n192.0.2.45\n192.0.2.46\n192.0.2.47\n"


def test_aliases_first_as_dig_prints_them() -> None:
    assert short(report(traces.alias())) == "www.example.net.\n192.0.2.99\n"
    assert short(report(traces.alias_below())) == "new.example.com.\nwww.new.example.com.\n192.0.2.99\n"


def test_nothing_for_a_negative_answer() -> None:
    assert short(report(traces.nxdomain())) == ""


def test_the_name_servers_of_a_referral() -> None:
    trace = replace(traces.plain(), outcome=Outcome.REFERRAL, answer=())
    assert short(report(trace)) == "ns1.example.com.\nns2.example.com.\n"
    assert short(report(replace(trace, steps=()))) == ""


def test_signatures_only_where_they_are_asked_for() -> None:
    signature = "A 13 3 300 20250701000000 20250601000000 1 example.com. c2ln"
    records = ("www.example.com. 300 A 192.0.2.44", f"www.example.com. 300 RRSIG {signature}")
    assert short(report(traces.answer(*records))) == "192.0.2.44\n"
    asked = traces.answer(*records, question="www.example.com. RRSIG")
    assert short(report(asked)) == f"{signature}\n"


def test_hostile_text_is_printable() -> None:
    text = short(report(traces.hostile()))
    assert text.isascii() and text.replace("\n", "").isprintable() and text.count("\n") == 1
