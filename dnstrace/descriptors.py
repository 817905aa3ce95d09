"""File descriptors: whether they have run out, and whether there are enough to begin.

That is nobody's fault but this machine's: it is never reported of the server that was about to be asked.
"""

from __future__ import annotations

import errno
import os
import sys

OUT = frozenset({errno.EMFILE, errno.ENFILE})
"""The errors for a process, and for the whole system, that can open nothing more."""

TOO_FEW = "too few file descriptors for files and sockets: raise their number, as with `ulimit -n 1024`"


def has_run_out(error: BaseException) -> bool:
    """Whether an error says so; the loader of extension modules says it in words only."""
    if isinstance(error, ImportError):
        return str(error).endswith(os.strerror(errno.EMFILE))
    return isinstance(error, OSError) and error.errno in OUT


def most_open() -> int:
    """How many descriptors this process may have open; on Windows, how many sockets `select` can wait for."""
    if sys.platform == "win32":
        return 512
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if soft == resource.RLIM_INFINITY else soft


def require(pipes: int) -> None:
    """Raise OSError unless that many pipes, of two descriptors each, can be opened."""
    opened: list[int] = []
    try:
        for _ in range(pipes):
            opened += os.pipe()
    finally:
        for each in opened:
            os.close(each)
