"""Many names on a Dask cluster: its workers are lost at random, and nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from dnstrace import Trace
from dnstrace.bulk import results, trace_many
from dnstrace.bulk.cluster import ClusterError
from dnstrace.model import Settings
from tests.bulk.serving import SERVER, arguments, end, server
from tests.bulk.test_processes import held, name_of, names, questions
from tests.cli.running import finished, run, start

KILLS = 20
pytestmark = pytest.mark.filterwarnings("ignore")  # Dask's own


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two workers with a process each, which are replaced when they are lost."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as made:
        yield made


def pids(cluster: Any) -> list[int]:
    """The processes of the workers at work; one that is killed as it starts is not replaced."""
    return [worker.pid for worker in list(cluster.scheduler.workers.values())]


def test_each_question_comes_to_its_trace(cluster: Any) -> None:
    asked = questions(1200)

    async def traced(settings: Settings) -> list[Trace]:
        how: dict[str, Any] = {"dask": cluster.scheduler_address, "settings": settings, "roots": SERVER}
        return [each async for each in trace_many(asked, **how)]

    with server() as settings:
        found = asyncio.run(traced(settings))
    assert Counter(each.question for each in found) == Counter(asked)
    assert all(str(each.answer[0][0]) == "192.0.2.44" for each in found)


def test_results_come_in_order_where_that_is_wanted(cluster: Any) -> None:
    asked = questions(1200)

    async def traced(settings: Settings) -> list[str]:
        how: dict[str, Any] = {"dask": cluster.scheduler_address, "settings": settings, "roots": SERVER}
        return [each async for each in results(asked, name_of, ordered=True, **how)]

    with server() as settings:
        assert asyncio.run(traced(settings)) == [str(each.name) for each in asked]


def test_workers_are_killed_at_random_and_nothing_is_lost_or_doubled(cluster: Any, tmp_path: Path) -> None:
    file, wanted = names(tmp_path)
    random, out, killed = Random(3), tmp_path / "out", 0
    with server() as settings:
        how = ("-f", str(file), *arguments(settings, tmp_path), "--jsonl", "-o", str(out))
        while killed < KILLS:
            process = start(*how, "--dask", cluster.scheduler_address, "--force")
            turns = random.randrange(60)  # from one kill to the next: a chunk takes about as many
            while not ended(process):
                if turns == 0 and len(alive := pids(cluster)) == 2:
                    end(random.choice(alive))
                    killed, turns = killed + 1, random.randrange(60)
                turns = max(0, turns - 1)
            assert finished(process).status == 0
            assert held(out) == wanted


def ended(process: subprocess.Popen[str]) -> bool:
    """Whether a process has ended; leaves the scheduler, which is in this one, a moment to work."""
    try:
        process.wait(timeout=0.02)
    except subprocess.TimeoutExpired:
        return False
    return True


def test_a_cluster_that_is_not_there_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, _ = names(tmp_path)
    monkeypatch.setattr("dnstrace.bulk.cluster._PATIENCE", 0.2)
    found = run("-f", str(file), "--dask", "tcp://127.0.0.1:1")
    assert found.status == 2 and "no Dask scheduler answers at tcp://127.0.0.1:1" in found.err
    assert "must be the address" in run("-f", str(file), "--dask", "there").err
    assert "cannot go with --lab" in run("-f", str(file), "--dask", "tcp://127.0.0.1:1", "--lab").err


def test_without_distributed_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match=r"pip install 'dnstrace-cli\[dask\]'"):
        asyncio.run(anext(trace_many(questions(1), dask="tcp://127.0.0.1:1")))
