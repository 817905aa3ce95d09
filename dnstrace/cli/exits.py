"""How the command ends: one status for each way, so that a script need not read the output."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The exit statuses of `dnstrace`, each with its `meaning`, which is what the manual says of it.

    0 to 5 say what came of the trace, the others that there is none, or not the whole of it. With
    several questions the worst counts: FAILED before NEGATIVE and ANSWER, which both are ANSWER then.
    """

    meaning: str

    def __new__(cls, status: int, meaning: str) -> Exit:
        """The status as a number, its meaning beside it."""
        made = int.__new__(cls, status)
        made._value_, made.meaning = status, meaning
        return made

    ANSWER = (
        0,
        "An authoritative answer was reached; with several questions, each ended in 0 or 1. "
        "With --parent-only, or where it is expected, another end.",
    )
    NEGATIVE = 1, "Authoritatively, there is no such name, or no such data."
    USAGE = 2, "The command line, or a file named on it, is wrong. Nothing was sent."
    FAILED = 3, "No usable answer; the tree shows where the walk ended and why."
    BOGUS = 4, "DNSSEC validation failed."
    FINDINGS = 5, "Reached, but something that was checked is not as it should be."
    BUG = 70, "A fault of this program, with a traceback (EX_SOFTWARE of sysexits)."
    UNWRITTEN = 74, "The output could not be written: a full disk, a closed stream (EX_IOERR of sysexits)."
    INTERRUPTED = 130, "Stopped by the user (128 + SIGINT); what was found so far is printed."
    PIPE_CLOSED = 141, "Whoever read the output wanted no more of it (128 + SIGPIPE)."
