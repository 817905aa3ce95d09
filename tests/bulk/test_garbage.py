"""Garbage is collected rarely in a process that only traces, but it is."""

from __future__ import annotations

import gc
import subprocess
import sys


def test_imports_are_never_looked_at_and_cycles_are_found() -> None:
    code = (
        "import gc; gc.disable(); import dnstrace.api; from dnstrace.bulk.garbage import collect_rarely;"
        "before = gc.get_threshold(); collect_rarely();"
        "print(gc.isenabled(), gc.get_freeze_count() > 10_000, gc.get_threshold()[0] > before[0])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.split() == ["True"] * 3, done.stderr
    assert gc.isenabled()
