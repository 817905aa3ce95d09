"""What is made once in a run of the tests, whichever of its processes wants it first.

A check of a world takes a tenth of a second, and hundreds of tests look at the same ones. Each process keeps
what it made; where several share a run, the others read it from a directory of that run.
"""

from __future__ import annotations

import os
import pickle
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, wraps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

T = TypeVar("T")
DIRECTORY = "DNSTRACE_TESTS_ONCE"
"""The variable that names the directory; it is not set where one process runs all tests."""


@contextmanager
def shared() -> Iterator[None]:
    """Have the processes that are started meanwhile share what they make."""
    with TemporaryDirectory(prefix="dnstrace-tests-") as directory:
        os.environ[DIRECTORY] = directory
        yield
        del os.environ[DIRECTORY]


def once(most: int) -> Callable[[Callable[[str, int], T]], Callable[[str, int], T]]:
    """Make a function of a world's name and a seed work out each result once; a process keeps `most`."""

    def keeping(function: Callable[[str, int], T]) -> Callable[[str, int], T]:
        @wraps(function)
        def found(name: str, seed: int) -> T:
            if (directory := os.environ.get(DIRECTORY)) is None:
                return function(name, seed)
            path = Path(directory, f"{function.__module__}.{function.__qualname__}-{name}-{seed}")
            return _read_or_made(path, lambda: function(name, seed))

        return lru_cache(most)(found)

    return keeping


def _read_or_made(path: Path, make: Callable[[], T]) -> T:
    """What is in the file, or else what `make` gives, which is put there."""
    if path.exists():
        read: T = pickle.loads(path.read_bytes())
        return read
    made = make()
    new = path.with_name(secrets.token_hex(8))
    new.write_bytes(pickle.dumps(made, pickle.HIGHEST_PROTOCOL))
    if not path.exists():
        new.replace(path)
    return made
