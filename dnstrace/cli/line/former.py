"""What an earlier version called otherwise: still accepted, with a remark, until the next major version.

CONTRIBUTING.md, "What is promised", says how something that is promised may be renamed or go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dnstrace.model.accepting import Ignore

CODES = MappingProxyType({"one-family": "no-ipv4"})
"""Findings: the former code and the present one."""


def remarks(ignores: Iterable[Ignore]) -> Iterator[str]:
    """A line for each accepted finding that is named by its former code."""
    for ignore in ignores:
        former = ignore.text.partition("@")[0]
        if former in CODES:
            said = f"{former} is now called {CODES[former]}: change it before version 2"
            yield f"{ignore.place} {said}".lstrip()
