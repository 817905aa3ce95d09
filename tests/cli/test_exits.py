from __future__ import annotations

import signal

from dnstrace.cli.exits import Exit


def test_the_statuses_are_those_of_the_contract() -> None:
    assert {each.name: each.value for each in Exit} == {
        "ANSWER": 0,
        "NEGATIVE": 1,
        "USAGE": 2,
        "FAILED": 3,
        "BOGUS": 4,
        "FINDINGS": 5,
        "BUG": 70,
        "SYSTEM": 71,
        "UNWRITTEN": 74,
        "INTERRUPTED": 128 + signal.SIGINT,
        "PIPE_CLOSED": 128 + signal.SIGPIPE,
    }
