"""What the user chose about many names (`-f`)."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any, NamedTuple

CHECKS_AT_ONCE = 32
"""Names that are checked at a time: each takes long to judge, and the deadline of all goes on meanwhile."""


class Many(NamedTuple):
    """Many names: from `file` (`-` is stdin), results to `out` or stdout.

    With `resume`, names whose results are there are left out, with `retries` only if they got replies; with
    `ordered`, results keep the order of the names; with `share`, one trace uses what others learnt. `at_once`
    names are traced at a time, in `workers` processes (None: as many as are worth it) or on the cluster at
    `dask`; at most `rate` queries are sent a second.
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
    retries: bool = False


def many(chosen: Mapping[str, Any]) -> Many:
    """The choices about the names of the file that `-f` names."""
    from dnstrace.bulk.plan import AT_ONCE

    return Many(
        chosen["file"],
        chosen.get("out"),
        "resume" in chosen,
        "ordered" in chosen,
        "no-share" not in chosen,
        chosen.get("concurrency", CHECKS_AT_ONCE if "check" in chosen else AT_ONCE),
        chosen.get("workers"),
        chosen.get("rate"),
        chosen.get("dask"),
        "retry-failed" in chosen,
    )


def cores() -> int:
    """The processors that this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
