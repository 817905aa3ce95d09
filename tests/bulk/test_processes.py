"""Many names in several processes: each question comes to one result, whatever ends."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, cast

import dns.name
import dns.rdatatype
import pytest

from dnstrace import Trace, Tracing
from dnstrace.bulk import Enough, processes, results, trace_many
from dnstrace.bulk.processes import WorkersLost
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model import Question, Settings
from dnstrace.model.limits import Limits
from tests.bulk.many import ended, held, name_of, names, questions
from tests.bulk.serving import SERVER, arguments, end, server, workers_of
from tests.cli.running import finished, start

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")


@pytest.fixture
def kills(pytestconfig: pytest.Config) -> int:
    """How often something is killed at random."""
    return 20 if pytestconfig.getoption("all") else 4


def test_each_question_comes_to_its_trace() -> None:
    asked = questions(300)

    async def run(settings: Settings) -> list[Trace]:
        return [
            each
            async for each in trace_many(
                asked, workers=2, tracing=Tracing(settings=settings, roots=SERVER, seed=1)
            )
        ]

    with server() as settings:
        found = asyncio.run(run(settings))
    assert Counter(each.question for each in found) == Counter(asked)
    assert all(str(each.answer[0][0]) == "192.0.2.44" for each in found)
    assert len({each.seed for each in found}) == len(asked)


def test_what_is_wanted_of_a_trace_is_made_where_it_is_and_comes_in_order() -> None:
    asked = questions(300)

    async def run(settings: Settings) -> list[str]:
        how: dict[str, Any] = {
            "workers": 2,
            "ordered": True,
            "tracing": Tracing(settings=settings, roots=SERVER),
        }
        return [each async for each in results(asked, partial(name_of, prefix="= "), **how)]

    with server() as settings:
        assert asyncio.run(run(settings)) == [f"= {each.name}" for each in asked]


def test_where_it_is_enough_those_that_wait_are_dropped() -> None:
    def until_enough() -> Iterator[Question]:
        yield from questions(1600)
        raise Enough

    async def run(settings: Settings) -> int:
        how: dict[str, Any] = {"workers": 2, "tracing": Tracing(settings=settings, roots=SERVER)}
        return len([each async for each in trace_many(until_enough(), **how)])

    with server() as settings:
        assert 400 <= asyncio.run(run(settings)) < 1600


def test_a_reader_that_is_slow_holds_the_workers_back() -> None:
    read = 0

    def counted() -> Iterator[Question]:
        nonlocal read
        for question in questions(20_000):
            read += 1
            yield question

    async def run(settings: Settings) -> None:
        how: dict[str, Any] = {"workers": 2, "tracing": Tracing(settings=settings, roots=SERVER)}
        found = trace_many(counted(), at_once=10, **how)
        for _ in range(30):
            await anext(found)
            for _ in range(200):  # turns of the loop in which others could go on
                await asyncio.sleep(0)
        await found.aclose()

    with server() as settings:
        asyncio.run(run(settings))
    assert read <= 30 + 10 * 8 + 10 * 2 * 2


def pid_of(trace: Trace) -> int:
    return os.getpid()


def test_names_of_one_zone_are_traced_by_all_workers_where_there_are_many() -> None:
    asked = [Question(dns.name.from_text(f"w{n}.zone.example."), dns.rdatatype.A) for n in range(1500)]

    async def run(settings: Settings) -> Counter[int]:
        how: dict[str, Any] = {"workers": 2, "tracing": Tracing(settings=settings, roots=SERVER)}
        return Counter([each async for each in results(asked, pid_of, **how)])

    with server() as settings:
        found = asyncio.run(run(settings))
    assert sum(found.values()) == 1500 and min(found.values()) > 150 and len(found) == 2


def test_a_run_that_is_stopped_ends_its_workers() -> None:
    async def run(settings: Settings) -> int:
        found = trace_many(questions(1000), workers=2, tracing=Tracing(settings=settings, roots=SERVER))
        async for _ in found:
            break
        assert len(workers_of(os.getpid())) == 2
        await found.aclose()
        return len(workers_of(os.getpid()))

    with server() as settings:
        assert asyncio.run(run(settings)) == 0


def test_a_network_stays_in_its_process() -> None:
    found = trace_many(questions(1), workers=2, network=LabNetwork(load("textbook")))
    with pytest.raises(ValueError, match="works in one process only"):
        asyncio.run(anext(found))


def dies(trace: Trace) -> str:
    raise SystemExit(1)


def cannot_travel(trace: Trace) -> object:
    return lambda: trace


@pytest.mark.parametrize("use", [dies, cannot_travel])
def test_workers_that_all_end_end_the_run(
    use: Callable[[Trace], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "_LOST", 2)  # each costs the start of a worker

    async def run(settings: Settings) -> None:
        async for _ in results(
            questions(3), use, workers=2, tracing=Tracing(settings=settings, roots=SERVER)
        ):
            pass

    with (
        server() as settings,
        pytest.raises(WorkersLost, match=r"^[34] worker processes ended one after the other"),
    ):
        asyncio.run(run(settings))


def test_workers_are_killed_at_random_and_nothing_is_lost_or_doubled(tmp_path: Path, kills: int) -> None:
    file, wanted = names(tmp_path)
    random, out, killed = Random(1), tmp_path / "out", 0
    with server() as settings:
        how = ("-f", str(file), *arguments(settings, tmp_path), "--jsonl", "--workers", "2", "-o", str(out))
        while killed < kills:
            process = start(*how, "--force")
            reached = 0
            while not ended(process):
                if out.exists() and out.stat().st_size > reached and (at_work := workers_of(process.pid)):
                    end(random.choice(at_work))
                    killed += 1
                    reached = out.stat().st_size + random.randrange(300_000)
            assert finished(process).status == 0
            assert held(out) == wanted


def test_workers_never_hear_ctrl_c(tmp_path: Path) -> None:
    file, _ = names(tmp_path)
    with server() as settings:
        process = start("-f", str(file), *arguments(settings, tmp_path), "--short", "--workers", "2")
        while not (at_work := workers_of(process.pid)):
            assert process.poll() is None
        for pid in at_work:
            assert unheard(pid) & 1 << signal.SIGINT - 1
        assert finished(process).status == 0


def unheard(pid: int) -> int:
    """The signals that a process blocks or ignores, as bits."""
    told = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return int(told["SigBlk"], 16) | int(told["SigIgn"], 16)


class LoopAhead(asyncio.SelectorEventLoop):
    """A loop whose clock is `ahead` by some seconds."""

    ahead = 0.0

    def time(self) -> float:
        return super().time() + self.ahead


async def look_at_workers(loop: LoopAhead, patience: float) -> None:
    """Put the clock on until workers that sent nothing for `patience` seconds have been killed."""
    for _ in range(processes._LOOKS + 2):
        loop.ahead += patience / processes._LOOKS
        for _ in range(5):  # turns, in which the timer is due and the workers are looked at
            await asyncio.sleep(0)


def test_a_worker_that_hangs_is_replaced() -> None:
    asked, found, limits = questions(600), list[Trace](), Limits(deadline=0.5)

    async def run(settings: Settings, loop: LoopAhead) -> None:
        how: dict[str, Any] = {"tracing": Tracing(settings=settings, limits=limits, roots=SERVER)}
        async for each in trace_many(asked, workers=2, at_once=40, **how):
            found.append(each)
            if len(found) == 1:
                os.kill(workers_of(os.getpid())[0], signal.SIGSTOP)
                await look_at_workers(loop, limits.deadline + processes._SOME)

    with server() as settings, asyncio.Runner(loop_factory=LoopAhead) as runner:
        runner.run(run(settings, cast(LoopAhead, runner.get_loop())))
    assert Counter(each.question for each in found) == Counter(asked)


def test_the_run_is_killed_at_random_and_goes_on_where_it_was(tmp_path: Path, kills: int) -> None:
    file, wanted = names(tmp_path)
    random, out, killed = Random(2), tmp_path / "out", 0
    with server() as settings:
        how = ("-f", str(file), *arguments(settings, tmp_path), "--jsonl", "--workers", "2", "-o", str(out))
        while killed < kills:
            process = start(*how, "--resume")
            reached = (out.stat().st_size if out.exists() else 0) + random.randrange(200_000)
            while not ended(process) and (not out.exists() or out.stat().st_size < reached):
                continue
            at_work = workers_of(process.pid) if process.poll() is None else []
            end(process.pid)
            killed += finished(process).status < 0
            assert all(not Path(f"/proc/{each}").exists() or gone(each) for each in at_work)
            if held_whole(out) == wanted:
                out.unlink()
        assert finished(start(*how, "--resume")).status == 0
    assert held(out) == wanted


def gone(pid: int) -> bool:
    """Wait until a process has ended: it has lost whom it works for."""
    while True:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True


def held_whole(out: Path) -> Counter[str]:
    """The names in the results; the last line may be cut off."""
    lines = out.read_bytes().splitlines(keepends=True) if out.exists() else []
    return Counter(json.loads(line)["question"]["name"] for line in lines if line.endswith(b"\n"))
