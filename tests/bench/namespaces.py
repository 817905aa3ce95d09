"""Network, mount and process namespaces of its own for a benchmark; they end with the run."""

from __future__ import annotations

import argparse
import ctypes
import os
import subprocess
import sys

from tests.bench.programs import missing

_UNSHARE = ("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
_CLONE_NEWNET = 0x40000000  # unshare(2); os.unshare is of Python 3.12


def enter(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """The arguments, once this program runs again in namespaces of its own with a loopback interface.

    Exits 2 without root or without a program that is needed.
    """
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if os.geteuid() != 0 or (absent := missing()):
        parser.error("root is needed" if os.geteuid() != 0 else f"not installed: {', '.join(absent)}")
    if not arguments.inside:
        os.execvp(_UNSHARE[0], [*_UNSHARE, sys.executable, *sys.orig_argv[1:], "--inside"])
    _loopback_up()
    return arguments


def new_network() -> None:
    """Move this process on into a further network namespace, beside those that others are in."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    _loopback_up()


def _loopback_up() -> None:
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
