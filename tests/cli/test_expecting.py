from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from dnstrace.model import Trace
from tests.cli.running import run
from tests.render.traces import plain

Instead = Callable[[Callable[..., Trace]], None]


def test_the_short_form_says_on_stderr_what_is_not_as_expected() -> None:
    ran = run("--lab", "--short", DNSTRACE_EXPECT="a=192.0.2.44 ttl>=301")
    assert (ran.status, ran.out) == (5, "192.0.2.44\n")
    assert ran.err == "dnstrace: www.example.com. A: expected ttl>=301: found 300\n"


def test_what_no_question_can_tell_is_not_to_be_expected(asked: list[Any]) -> None:
    ran = run("x", "MX", "--expect", "a=192.0.2.44")
    assert (ran.status, asked) == (2, [])
    assert ran.err == "dnstrace: --expect 'a=192.0.2.44': no A record is asked for; add the type A\n"


def test_nothing_is_expected_of_an_interrupted_trace(tracing: Instead) -> None:
    tracing(lambda *_, **__: replace(plain(), outcome=None, interrupted=True))
    ran = run("x", "--json", "--expect", "a=192.0.2.45")
    assert (ran.status, json.loads(ran.out)["expectations"]) == (130, None)
