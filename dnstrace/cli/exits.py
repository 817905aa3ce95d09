"""How the command ends: one status for each way, so that a script need not read the output."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The exit statuses of `dnstrace`, each with its `meaning` as the manual prints it.

    0 to 5 say how the trace ended, the others that there is none, or only a part of it. With several
    questions the worst counts: FAILED before NEGATIVE and ANSWER, which both count as ANSWER then.
    """

    meaning: str

    def __new__(cls, status: int, meaning: str) -> Exit:
        """The status as a number, with its meaning."""
        made = int.__new__(cls, status)
        made._value_, made.meaning = status, meaning
        return made

    ANSWER = (
        0,
        "An authoritative answer was reached; with several questions, each ended in 0 or 1. "
        "Also a referral with --parent-only, or an outcome that --expect names.",
    )
    NEGATIVE = 1, "The name, or data of that type, does not exist: an authoritative answer says so."
    USAGE = (
        2,
        "The command line, or a file named on it, is wrong. Nothing was sent; of a list (-f), all but the "
        "wrong lines were traced.",
    )
    FAILED = 3, "No usable answer; the tree shows where the walk ended and why."
    BOGUS = 4, "DNSSEC validation failed."
    FINDINGS = (
        5,
        "Reached, but --check found an error (or what --fail-on says), an --expect failed, no --resolver"
        " has an answer, --http got no page, or --diff or --watch found a difference.",
    )
    BUG = 70, "A bug in dnstrace, with a traceback (EX_SOFTWARE of sysexits)."
    SYSTEM = (
        71,
        "The operating system gave too few file descriptors: raise their number with `ulimit -n` "
        "(EX_OSERR of sysexits).",
    )
    UNWRITTEN = 74, "The output could not be written: a full disk, a closed stream (EX_IOERR of sysexits)."
    INTERRUPTED = 130, "Stopped by the user (128 + SIGINT); what had been found is printed."
    PIPE_CLOSED = 141, "The reader of the output closed the pipe (128 + SIGPIPE)."
