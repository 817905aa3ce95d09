from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

from dnstrace.api import as_question
from dnstrace.model import Outcome, Settings
from dnstrace.model.tracing import Tracing
from dnstrace.places.asking import Request, settled, traced_again, written
from dnstrace.places.bundle import zipapp
from dnstrace.places.frames import framed, read_frame
from tests.places.lab import HINTS


def test_it_is_small_and_the_same_each_time_and_holds_what_a_trace_needs_only() -> None:
    octets = zipapp()
    zipapp.cache_clear()
    assert zipapp() == octets
    assert len(octets) < 1_200_000
    names = zipfile.ZipFile(io.BytesIO(octets)).namelist()
    assert {each.partition("/")[0] for each in names} == {"__main__.py", "dns", "dnstrace"}
    assert not [each for each in names if "/cli/" in each or "/lab/" in each or "rich" in each]
    assert "dns/LICENSE" in names


def test_it_traces_and_checks_in_a_python_that_has_no_packages(tmp_path: Path) -> None:
    """One root server, to which no socket listens: what is imported is what counts."""
    file = tmp_path / "dnstrace.pyz"
    file.write_bytes(zipapp())
    settings = Settings(port=1, timeout=0.2, tries=1, probe=True, all_servers=True)
    request = Request(3, as_question("www.example.com"), settled(Tracing(settings=settings, roots=HINTS)))
    with subprocess.Popen(
        [sys.executable, "-I", "-S", str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(framed("request", written(request)))
        process.stdin.flush()
        words = []
        while (frame := read_frame(process.stdout, 2**24)) is not None and frame[0] != "record":
            words.append(frame[0])
        process.stdin.close()
    assert words[0] == "hello" and frame is not None
    number, _, octets = frame[1].partition(b" ")
    trace, _ = traced_again(octets, request)
    assert number == b"3"
    assert (trace.outcome, trace.stats.queries > 0) == (Outcome.FAILED, True)
