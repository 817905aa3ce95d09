"""Each way in which a place can behave, next to one that is honest, which must not suffer from it."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from dnstrace import __version__
from dnstrace.api import as_question, report
from dnstrace.model import Settings, Transport
from dnstrace.model.places import Failure, Place, Stage, Way
from dnstrace.model.tracing import Tracing
from dnstrace.places.asking import Request, settled
from dnstrace.places.together import Came, Sent, together
from tests.cli.running import PATIENCE
from tests.places.acting import WAYS, hangs
from tests.places.lab import HINTS, request

ROOT = Path(__file__).parents[2]
SAID = {
    "floods": "sent 64 KiB of something else and no trace",
    "floods_in_lines": "sent 64 KiB of something else and no trace",
    "promises_too_much": "sent more than any trace has: over 16 MiB",
    "stops_halfway": "stopped in the middle of its trace",
    "says_nonsense": "sent something that is not a part of a trace",
    "says_odd_things": "sent something that is not a part of a trace",
    "nests_deeply": "sent something that is not a part of a trace",
    "leaves_out_the_number": "sent something that is not a part of a trace",
    "counts_to_infinity": "sent something that is not a part of a trace",
    "ends": "ended with status 255: Permission denied (publickey).\x1b[2J",
    "missing": "cannot start no-such-command: No such file or directory",
}


def acting(way: str) -> Place:
    words = (sys.executable, "-m", "tests.places.acting", way) if way != "missing" else ("no-such-command",)
    return Place(f"command:{way}", Way.COMMAND, words=words)


@pytest.fixture(scope="module")
def came() -> dict[str, tuple[Came, list[Stage]]]:
    """What came of each place, all of them side by side, and the stages that it went through."""
    found: dict[str, Came] = {}
    stages: dict[str, list[Stage]] = {}
    places = [acting(way.__name__) for way in WAYS if way is not hangs] + [acting("missing")]

    async def run() -> None:
        def staged(place: Place, stage: Stage) -> None:
            stages.setdefault(place.name, []).append(stage)

        async with together(places, staged, reach=PATIENCE) as there:
            await there.trace(request(), lambda each: found.update({each.place.name: each}))

    asyncio.run(run())
    return {name: (found[name], stages.get(name, [])) for name in found}


def test_a_place_that_does_not_send_a_trace_is_one_line(came: dict[str, tuple[Came, list[Stage]]]) -> None:
    failures = {name: each.why for name, (each, _) in came.items() if isinstance(each, Failure)}
    assert failures == SAID


def test_what_an_honest_place_sends_is_the_trace(came: dict[str, tuple[Came, list[Stage]]]) -> None:
    found, stages = came["honest"]
    assert isinstance(found, Sent)
    assert report(found.trace).trace.answer[0][0].to_text() == "192.0.2.44"
    assert [stage.doing for stage in stages] == ["connecting", "tracing", "tracing", "done"]
    assert stages[2].queries == 3


def test_a_lie_in_a_record_is_not_believed(came: dict[str, tuple[Came, list[Stage]]]) -> None:
    honest, lying = came["honest"][0], came["lies"][0]
    assert isinstance(honest, Sent) and isinstance(lying, Sent)
    assert lying.trace == honest.trace


def test_a_place_that_hangs_is_given_up_and_ended(caplog: pytest.LogCaptureFixture) -> None:
    found: list[Came] = []

    async def run() -> None:
        async with together([acting("hangs")], lambda place, stage: None, reach=0.1) as there:
            await there.trace(request(), found.append)

    asyncio.run(run())
    assert [each.why for each in found if isinstance(each, Failure)] == ["did not answer within 0.1 s"]
    assert not caplog.records  # of a process that somebody else waited for


def test_an_installed_dnstrace_of_this_version_traces_there(tmp_path: Path) -> None:
    """One root server, to which no socket listens; variables of the place that would change the trace."""
    installed = tmp_path / "dnstrace"
    installed.write_text(
        f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(ROOT)!r})\n"
        "from dnstrace.cli import main\nmain()\n"
    )
    installed.chmod(0o755)
    python = tmp_path / "python3"
    python.symlink_to(sys.executable)
    words = ("env", f"PATH={tmp_path}:/usr/bin:/bin", "DNSTRACE_TCP=1", "DNSTRACE_TRIES=7")
    place = Place("command:env", Way.COMMAND, words=words)
    settings = Settings(port=1, timeout=0.2, tries=1)
    asked = Request(1, as_question("www.example.com"), settled(Tracing(settings=settings, roots=HINTS)))
    found: list[Came] = []
    stages: list[str] = []

    async def run() -> None:
        async with together([place], lambda _, stage: stages.append(stage.doing), reach=PATIENCE) as there:
            await there.trace(asked, found.append)

    asyncio.run(run())
    (sent,) = found
    assert isinstance(sent, Sent) and sent.by == f"dnstrace {__version__}"
    assert "sending dnstrace" not in stages
    assert {kept.query.transport for kept in sent.course.kept} == {Transport.UDP}
