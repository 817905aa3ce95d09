"""Rules on the signals by which a registry accepts the first DS records of a zone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import dnstrace.lab
from dnstrace.checks import Blame, Level, findings
from dnstrace.lab.world import load
from dnstrace.model import Outcome, Probe, Step, Trace
from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires, checked_world, found
from tests.replies import name

RULES = ("signal-incomplete", "signal-differs", "signal-insecure")

_DELETES = """
@ 900 SOA ns1.example.org. hostmaster 2026011501 7200 900 1209600 300
@ NS ns1.example.net.
@ NS ns1.example.org.
www 300 A 198.51.100.44
@ CDS 0 0 0 00
@ CDNSKEY 0 3 0 AA==
"""


def world(code: str) -> str:
    return f"dnssec-bootstrap-{code.removeprefix('signal-')}"


def codes(trace: Trace) -> list[str]:
    return [finding.code for finding in findings(trace)]


@pytest.mark.parametrize("code", RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str) -> None:
    assert_fires(code, world(code), "dnssec-bootstrap")


@pytest.mark.parametrize("code", RULES)
def test_each_is_a_warning_for_the_operator_of_the_zone_that_the_name_server_is_in(code: str) -> None:
    (finding,) = found(code, world(code))
    assert (finding.level, finding.blame) == (Level.WARNING, Blame.SERVER_OPERATOR)
    assert finding.operator == name("example.org.") and finding.server == name("ns1.example.org.")
    assert finding.remedy is not None and finding.remedy.where == name("example.org.")


@pytest.mark.parametrize("code", RULES[:2])
def test_the_records_to_publish_are_those_of_the_zone_at_the_signal_name(code: str) -> None:
    (finding,) = found(code, world(code))
    cds, cdnskey = finding.records
    assert cds.startswith("_dsboot.child.example.com._signal.ns1.example.org. 3600 IN CDS 49268 13 2 ")
    assert cdnskey.startswith("_dsboot.child.example.com._signal.ns1.example.org. 3600 IN CDNSKEY 257 3 13 ")


def as_if(trace: Trace, outcome: Outcome, which: Callable[[Step], bool]) -> Trace:
    """The trace as if some of the signals had been looked up with that outcome."""

    def changed(step: Step) -> Step:
        here = step.probe is Probe.SIGNAL and which(step)
        return replace(step, outcome=outcome, chosen=None) if here else step

    return replace(trace, steps=tuple(map(changed, trace.steps)))


def test_where_no_name_server_has_a_signal_nothing_is_said() -> None:
    none = as_if(checked_world(world("signal-differs")), Outcome.NXDOMAIN, lambda step: True)
    assert codes(none) == ["dnskey-without-ds"]


def test_one_record_type_that_is_missing_is_a_difference() -> None:
    def is_second(step: Step) -> bool:
        owner = str(step.question.name)
        return owner.endswith("_signal.ns1.example.org.") and step.question.rdtype.name == "CDNSKEY"

    trace = as_if(checked_world("dnssec-bootstrap"), Outcome.NODATA, is_second)
    (finding,) = (each for each in findings(trace) if each.level is Level.WARNING)
    assert finding.code == "signal-differs" and "has other CDNSKEY records" in finding.message


def test_what_could_not_be_looked_up_is_not_called_missing() -> None:
    trace = checked_world("dnssec-bootstrap-incomplete")
    failed = as_if(trace, Outcome.FAILED, lambda step: step.outcome is Outcome.NXDOMAIN)
    assert codes(failed) == ["dnskey-without-ds"]


def test_a_zone_that_has_ds_records_needs_no_signals() -> None:
    published = made_of(
        world("signal-incomplete"),
        question="www.child.example.com. A",
        zones={"child.example.com.": {"sign": {"algorithm": 13, "ds": "auto"}}},
    )
    trace = checked(published)
    assert not any(code.startswith("signal-") for code in codes(trace))
    assert not any(step.probe is Probe.SIGNAL for step in trace.steps)


def test_a_zone_that_asks_for_no_ds_records_needs_no_signals() -> None:
    asks = made_of(
        world("signal-incomplete"),
        question="www.child.example.com. A",
        zones={"child.example.com.": {"sign": {"algorithm": 13, "ds": "none"}, "text": _DELETES}},
    )
    assert not any(code.startswith("signal-") for code in codes(checked(asks)))


def with_alias(target: str, **zones: dict[str, object]) -> Trace:
    """A check where the second name server has an alias at the name of its signal."""
    alias = f"_dsboot.child.example.com._signal.ns1 CNAME {target}\n"
    signed = {"sign": {"algorithm": 13}, "add": alias}
    return checked(
        made_of("_bootstrap", question="www.child.example.com. A", zones={"example.org.": signed, **zones})
    )


def test_an_alias_to_the_records_is_as_good_as_they_are() -> None:
    assert codes(with_alias("_dsboot.child.example.com._signal.ns1.example.net.")) == ["dnskey-without-ds"]


def test_where_an_alias_leads_to_nothing_no_record_is_put_beside_it() -> None:
    finding = next(each for each in findings(with_alias("gone.example.net.")))
    assert finding.code == "signal-incomplete" and finding.records == ()
    assert finding.cure.endswith("at the signal name of ns1.example.org, instead of the alias that is there")
    assert finding.remedy is not None and finding.remedy.where == name("example.org.")


def test_a_zone_of_signals_that_the_same_server_serves_is_named() -> None:
    signals = (Path(dnstrace.lab.__file__).parent / "worlds" / "_bootstrap.toml").read_text("utf-8")
    text = "@ 900 SOA ns1.example.org. hostmaster 1 7200 900 1209600 300\n@ NS ns1.example.org.\n" + "".join(
        f"{line.replace('._signal.ns1', '')}\n" for line in signals.splitlines() if line.startswith("_dsboot")
    )
    zones = {
        "example.org.": {"sign": {"algorithm": 13}, "add": "_signal.ns1 NS ns1.example.org.\n"},
        "_signal.ns1.example.org.": {"sign": {"algorithm": 13, "ds": "none"}, "text": text},
    }
    trace = checked(made_of("_bootstrap", question="www.child.example.com. A", zones=zones))
    finding = next(each for each in findings(trace))
    assert finding.code == "signal-insecure"
    assert finding.cure == "sign _signal.ns1.example.org, and have its DS records published"


def test_the_healthy_world_has_no_warning() -> None:
    assert all(each.level is Level.NOTICE for each in checked(load("dnssec-bootstrap")).findings or ())


def test_a_signal_that_gets_no_usable_answer_is_one_that_the_registry_does_not_get_either() -> None:
    (finding,) = found("signal-incomplete", "dnssec-bootstrap-unanswered")
    assert "cannot be looked up: the servers of example.org give no usable answer" in finding.message
    assert finding.operator == name("example.org.") and finding.server == name("ns1.example.org.")
    assert "_dsboot.child.example.com._signal.ns1.example.org CDNSKEY" in finding.cure and not finding.records
