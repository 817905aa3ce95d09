"""What the steps of a trace share."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from typing import Any, cast

import dns.rdatatype

from dnstrace.model import ROOT, Delegation, Question, Settings
from dnstrace.model.limits import Limits
from dnstrace.walk.budget import Budget
from dnstrace.walk.context import TraceContext
from dnstrace.walk.cuts import Cuts
from dnstrace.walk.health import Health
from dnstrace.walk.journal import Journal
from dnstrace.walk.remembered import Remembered
from tests.replies import name, reply


def test_a_context_supposes_nothing_unless_it_is_given() -> None:
    question = Question(name("www.example."), dns.rdatatype.A)
    journal = Journal(question, datetime.now(UTC), 1, lambda: 0.0)
    health, cuts = Health(frozenset({4})), Cuts(Delegation(ROOT, ()))
    network = cast("Any", None)
    context = TraceContext(
        network, Settings(), Budget(Limits()), journal, cuts, health, Random(1), Remembered()
    )
    exchange = reply("www.example. A", authority=("example. 60 NS ns.example.",))
    assert context.supposed.instead(exchange, ROOT) is exchange
