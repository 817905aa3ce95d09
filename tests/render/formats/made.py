"""Entries made by hand, and hostile ones: what the network sends may hold anything that prints."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import dns.name
from hypothesis import strategies as st

from dnstrace.analysis.accepting import accepting
from dnstrace.api import report
from dnstrace.cli.line.ignoring import ignore
from dnstrace.model import Trace
from dnstrace.model.accepting import Ignore
from dnstrace.model.findings import Level
from dnstrace.model.policy import Policy
from dnstrace.render.formats.entries import Entry, entry
from tests.checks.checking import walked
from tests.findings import finding

PLAIN = entry(report(walked("in-domain")), Policy())
FAILED = entry(report(walked("all-refuse")), Policy())

LAME = finding(
    message="ns1.example.com does not serve example.com", records=("example.com. 300 IN NS ns2.example.com.",)
)
WARNED = finding(code="refuses", level=Level.WARNING, server="ns2.example.com.", message="it refuses")
NOTED = finding(code="open-transfer", level=Level.NOTICE, server=None, message="it gives the zone away")


def found(*findings: Any, fail_on: str = "error", ignores: tuple[str, ...] = (), **changed: Any) -> Entry:
    """The entry of a walk in which a check found this."""
    trace = accepting(replace(walked("in-domain"), findings=findings, **changed), map(ignore, ignores))
    return entry(report(trace), Policy(fail_on))


SPECIAL = (
    r"""`|"'\\<>&{}[]()*_~#@!$%;:=,.-+/ https://example.org www.example.org @all #1 [a](b) <b> ]]> {0} \n"""
)

TEXTS = st.one_of(st.text(max_size=40), st.text(SPECIAL, max_size=60), st.sampled_from(SPECIAL.split()))


@st.composite
def hostile(draw: st.DrawFn) -> Entry:
    """An entry in which the names and all texts of others are hostile."""
    label = draw(
        st.one_of(
            st.binary(min_size=1, max_size=20), st.text(SPECIAL, min_size=1, max_size=20).map(str.encode)
        )
    )
    name = dns.name.Name((label[:63], b"example", b""))
    bad = replace(LAME, zone=name, server=name, message=draw(TEXTS), cure=draw(TEXTS), records=(draw(TEXTS),))
    trace = walked("in-domain")
    trace = replace(
        trace, question=replace(trace.question, name=name), findings=(bad, replace(bad, code="refuses"))
    )
    accepted = Ignore("refuses", "refuses", reason=draw(TEXTS))
    return entry(report(accepting(trace, [accepted])), Policy())


def named(name: str, made: Entry) -> Entry:
    """The same about another name."""
    return made._replace(name=name)


def stopped(trace: Trace | None = None) -> Entry:
    """The entry of a trace that the user stopped."""
    return entry(report(replace(trace or walked("in-domain"), outcome=None, interrupted=True)), Policy())
