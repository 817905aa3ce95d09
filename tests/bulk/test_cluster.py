"""Many names on a Dask cluster: its workers are lost at random, and nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path
from random import Random
from typing import Any

import pytest

from dnstrace import Trace, Tracing
from dnstrace.bulk import results, trace_many
from dnstrace.bulk.cluster import ClusterError
from dnstrace.bulk.plan import Job, Plan
from dnstrace.model import Settings
from tests.bulk.many import ended, held, name_of, names, questions
from tests.bulk.serving import SERVER, arguments, server
from tests.cli.running import finished, run, start

KILLS = 4  # each costs the start of a worker
pytestmark = pytest.mark.filterwarnings("ignore")  # Dask's own


class Cluster:
    """A scheduler in this process, and workers that are processes of their own."""

    def __init__(self, scheduler: Any) -> None:
        self.scheduler, self.address = scheduler, scheduler.scheduler_address
        self.workers: list[subprocess.Popen[bytes]] = []

    def add(self) -> None:
        """Start a worker."""
        worker = [sys.executable, "-m", "distributed.cli.dask_worker", self.address, "--no-nanny"]
        more = ["--nthreads", "1", "--no-dashboard"]
        self.workers.append(subprocess.Popen(worker + more, stderr=subprocess.DEVNULL))

    def at_work(self) -> int:
        """How many workers the scheduler knows."""
        return len(self.scheduler.scheduler.workers)

    def kill(self, random: Random) -> None:
        """End a worker as `kill -9` does, and start another."""
        killed = self.workers.pop(random.randrange(len(self.workers)))
        killed.kill()
        killed.wait()
        self.add()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Two workers with one thread each."""
    import distributed

    with distributed.LocalCluster(n_workers=0, dashboard_address=None, silence_logs=50) as scheduler:
        made = Cluster(scheduler)
        made.add()
        made.add()
        yield made
        for worker in made.workers:
            worker.kill()
            worker.wait()
    gc.collect()  # what Dask leaves open is warned of here, and not in the test that comes next


def test_each_question_comes_to_its_trace(cluster: Cluster) -> None:
    asked = questions(1200)

    async def traced(settings: Settings) -> list[Trace]:
        how: dict[str, Any] = {"dask": cluster.address, "tracing": Tracing(settings=settings, roots=SERVER)}
        return [each async for each in trace_many(asked, **how)]

    with server() as settings:
        found = asyncio.run(traced(settings))
    assert Counter(each.question for each in found) == Counter(asked)
    assert all(str(each.answer[0][0]) == "192.0.2.44" for each in found)


def test_results_come_in_order_where_that_is_wanted(cluster: Cluster) -> None:
    asked = questions(1200)

    async def traced(settings: Settings) -> list[str]:
        how: dict[str, Any] = {"dask": cluster.address, "tracing": Tracing(settings=settings, roots=SERVER)}
        return [each async for each in results(asked, name_of, ordered=True, **how)]

    with server() as settings:
        assert asyncio.run(traced(settings)) == [str(each.name) for each in asked]


def test_workers_are_killed_at_random_and_nothing_is_lost_or_doubled(
    cluster: Cluster, tmp_path: Path
) -> None:
    file, wanted = names(tmp_path)
    random, out, killed = Random(3), tmp_path / "out", 0
    with server() as settings:
        how = ("-f", str(file), *arguments(settings, tmp_path), "--jsonl", "-o", str(out))
        while killed < KILLS:
            process = start(*how, "--dask", cluster.address, "--force")
            turns = random.randrange(60)  # from one kill to the next: a chunk takes about as many
            while not ended(process):
                if turns == 0 and killed < KILLS and cluster.at_work() == 2:
                    cluster.kill(random)
                    killed, turns = killed + 1, random.randrange(60)
                turns = max(0, turns - 1)
            assert finished(process).status == 0
            assert held(out) == wanted


def test_a_cluster_that_is_not_there_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, _ = names(tmp_path)
    monkeypatch.setattr("dnstrace.bulk.cluster._PATIENCE", 0.2)
    (out := tmp_path / "out").write_text("old\n")
    found = run("-f", str(file), "--dask", "tcp://127.0.0.1:1", "-o", str(out), "--force")
    assert found.status == 2 and "no Dask scheduler answers at tcp://127.0.0.1:1" in found.err
    assert out.read_text() == "old\n"
    assert "must be the address" in run("-f", str(file), "--dask", "there").err
    both = run("-f", str(file), "--dask", "tcp://127.0.0.1:1", "--lab")
    assert "--dask and --lab exclude each other" in both.err


def test_a_cluster_without_a_worker_is_not_waited_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    import distributed

    monkeypatch.setattr("dnstrace.bulk.cluster._NOBODY", 0.2)
    with distributed.LocalCluster(n_workers=0, dashboard_address=None, silence_logs=50) as empty:
        found = trace_many(questions(1), dask=empty.scheduler_address)
        with pytest.raises(
            ClusterError, match=r"has had no worker for 0\.2 s: start one, then continue with --resume"
        ):
            asyncio.run(anext(found))


class Gone:
    """A client whose scheduler is lost while a chunk is under way, or before one is begun."""

    def __init__(self, begins: bool) -> None:
        self.begins = begins

    async def nthreads(self) -> dict[str, int]:
        if not self.begins:
            raise OSError("Stream is closed")
        return {"worker": 1}

    async def submit(self, *_: object, **how: object) -> None:
        raise CancelledError

    async def close(self) -> None:
        """Nothing to close."""


@pytest.mark.parametrize("begins", [True, False])
def test_a_scheduler_that_is_lost_is_one_line(begins: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    async def connected(address: str) -> Gone:
        return Gone(begins)

    monkeypatch.setattr("dnstrace.bulk.cluster._connected_client", connected)
    with pytest.raises(ClusterError, match="the Dask scheduler does not answer any more"):
        asyncio.run(anext(trace_many(questions(1), dask="tcp://127.0.0.1:1")))


class Asked:
    """A client of a cluster with four threads that keeps the plans it is given."""

    def __init__(self) -> None:
        self.plans: list[Plan] = []

    async def nthreads(self) -> dict[str, int]:
        return {"one": 3, "other": 1}

    async def submit(
        self, task: object, chunk: list[Job], plan: Plan, use: object, pure: bool
    ) -> list[object]:
        self.plans.append(plan)
        return [(number, None) for number, _ in chunk]

    async def close(self) -> None:
        """Nothing to close."""


def test_the_rate_is_that_of_the_whole_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Asked()

    async def connected(address: str) -> Asked:
        return client

    async def run() -> int:
        return len([each async for each in trace_many(questions(3), dask="tcp://there:1", rate=10.0)])

    monkeypatch.setattr("dnstrace.bulk.cluster._connected_client", connected)
    assert asyncio.run(run()) == 3 and [each.rate for each in client.plans] == [2.5]


def test_without_distributed_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match=r"pip install 'dnstrace-cli\[dask\]'"):
        asyncio.run(anext(trace_many(questions(1), dask="tcp://127.0.0.1:1")))
