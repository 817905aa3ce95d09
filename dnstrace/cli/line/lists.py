"""What the user chose about many names (`-f`)."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dnstrace.cli.line.options import Output
from dnstrace.cli.usage import Usage

_ONLY_WITH = ("concurrency", "workers", "rate", "no-share", "dask", "out", "resume", "ordered")
_NOT_WITH = ("expect", "http", "save", "replay", "pcap", "html", "svg", "diff", "watch")  # of one question


@dataclass(frozen=True, slots=True)
class Many:
    """Many names: from `file` (`-` is stdin), results to `out` or stdout.

    `resume` leaves out what is there, `ordered` keeps the order, `share` what is learnt; `at_once` are
    traced at a time, in `workers` processes (None: as many as it is worth) or on the cluster at `dask`;
    `rate` queries are sent a second at most.
    """

    file: str
    out: str | None
    resume: bool
    ordered: bool
    share: bool
    at_once: int
    workers: int | None
    rate: float | None
    dask: str | None


def many(chosen: Mapping[str, Any]) -> Many | None:
    """The choices about many names; None without `-f`. Raises Usage."""
    if "file" not in chosen:
        for name in _ONLY_WITH:
            if name in chosen:
                raise Usage(f"--{name} is for many names: give a file of them with -f, or - for stdin")
        return None
    for name in _NOT_WITH:
        if name in chosen:
            raise Usage(f"--{name} is of one question: it cannot go with -f")
    if chosen.get("subject"):
        raise Usage("names are either on the command line or in the file of -f: put them all there")
    output = chosen.get("output", Output.TREE)
    if output not in (Output.TREE, Output.JSONL, Output.SHORT):
        raise Usage(f"--{output} prints one question: with -f use --jsonl, --short, or neither")
    if "resume" in chosen and "out" not in chosen:
        raise Usage("--resume goes on with a file: name it with -o")
    if "resume" in chosen and output is not Output.JSONL:
        raise Usage("--resume reads what is there: that needs --jsonl")
    if "dask" in chosen and ("workers" in chosen or "lab" in chosen):
        other = "--workers" if "workers" in chosen else "--lab"
        raise Usage(f"--dask traces elsewhere: it cannot go with {other}")
    from dnstrace.bulk.plan import AT_ONCE

    return Many(
        chosen["file"],
        chosen.get("out"),
        "resume" in chosen,
        "ordered" in chosen,
        "no-share" not in chosen,
        chosen.get("concurrency", AT_ONCE),
        chosen.get("workers"),
        chosen.get("rate"),
        chosen.get("dask"),
    )


def cores() -> int:
    """The processors that this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
