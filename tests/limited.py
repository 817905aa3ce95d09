"""Limits on file descriptors, for what runs in the test itself."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def room_for(descriptors: int) -> Iterator[None]:
    """No more than so many descriptors can be opened."""
    taken = {int(each) for each in os.listdir("/dev/fd") if _is_open(int(each))}
    free = (number for number in range(65536) if number not in taken)
    most = [next(free) for _ in range(descriptors)][-1] + 1
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def _is_open(descriptor: int) -> bool:
    """Whether it is open: that by which the directory itself was read is not any more."""
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True
