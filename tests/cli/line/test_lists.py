from __future__ import annotations

import os

from dnstrace.bulk.plan import AT_ONCE
from dnstrace.cli.line.lists import CHECKS_AT_ONCE, Many, cores, many
from dnstrace.cli.line.options import BY_NAME
from dnstrace.cli.line.syntax import parse


def chosen(line: str) -> Many:
    return many(parse(line.split()).settings)


def test_a_file_alone() -> None:
    assert chosen("-f names") == Many("names", None, False, False, True, AT_ONCE, None, None, None)


def test_fewer_names_are_checked_at_a_time() -> None:
    """The deadline of each goes on while the others are judged."""
    assert chosen("-f names --check").at_once == CHECKS_AT_ONCE < AT_ONCE
    assert chosen("-f names --check --concurrency 100").at_once == 100
    assert f"({AT_ONCE}; to check: {CHECKS_AT_ONCE})" in BY_NAME["concurrency"].help


def test_all_that_can_be_chosen() -> None:
    line = "-f - -o out --resume --ordered --no-share --concurrency 5 --workers 2 --rate 10"
    assert chosen(line) == Many("-", "out", True, True, False, 5, 2, 10, None)
    assert chosen("-f names --dask host:8786").dask == "host:8786"


def test_there_is_a_processor() -> None:
    assert 1 <= cores() <= (os.cpu_count() or 1)
