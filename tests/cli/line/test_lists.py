from __future__ import annotations

import os

from dnstrace.bulk.plan import AT_ONCE
from dnstrace.cli.line.lists import Many, cores, many
from dnstrace.cli.line.syntax import parse


def chosen(line: str) -> Many:
    return many(parse(line.split()).settings)


def test_a_file_alone() -> None:
    assert chosen("-f names") == Many("names", None, False, False, True, AT_ONCE, None, None, None)


def test_all_that_can_be_chosen() -> None:
    line = "-f - -o out --resume --ordered --no-share --concurrency 5 --workers 2 --rate 10"
    assert chosen(line) == Many("-", "out", True, True, False, 5, 2, 10, None)
    assert chosen("-f names --dask host:8786").dask == "host:8786"


def test_there_is_a_processor() -> None:
    assert 1 <= cores() <= (os.cpu_count() or 1)
