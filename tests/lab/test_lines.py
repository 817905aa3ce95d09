"""Lines of a TOML file, found by the keys of what stands there."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from dnstrace.lab.lines import line_of
from dnstrace.lab.world import new

TEXT = """\
title = "x"  # [not a table]
list = [
    "a = 1",
    ["b"],
]

[zones."Example.org."]
ttl = 5
text = '''
[zones."false."]
www A 192.0.2.1
'''
sign = { algorithm = 13 }

[zones."b.org. stale"]
text = "www A 192.0.2.1"
"""


@pytest.mark.parametrize(
    ("where", "wrong", "line"),
    [
        (["title"], "", 1),
        (["list"], "", 2),
        (["example.org"], "", 7),
        (["example.org.", "ttl"], "", 8),
        (["example.org.", "sign", "algorithm"], "", 13),
        (["example.org.", "nothing"], "", 7),
        (["b.org. stale"], "", 15),
        (["zones", "b.org. stale", "text"], "", 16),
        (["example.org."], "www A 192.0.2.1", 11),
        (["example.org."], "sign", 13),
        (["example.org."], "a line of another file", 7),
        ([], "list", 2),
        ([], "", None),
        (["nothing"], "", None),
        (["false."], "", None),
    ],
)
def test_the_line_of_a_key_or_of_what_is_below_it(where: list[str], wrong: str, line: int | None) -> None:
    assert line_of(TEXT, where, wrong) == line


def tables(content: dict[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, value in content.items():
        yield (*above, key)
        if isinstance(value, dict):
            yield from tables(value, (*above, key))


def test_every_key_of_a_whole_file_is_found_where_it_stands() -> None:
    lines = new().split("\n")
    for path in tables(tomllib.loads(new())):
        line = lines[(line_of(new(), path) or 0) - 1]
        assert not line.startswith("#") and (path[-1] in line or len(path) == 1)
