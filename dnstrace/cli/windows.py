"""What terminals on Windows must be told. Not tested: the tests run on POSIX systems."""

from __future__ import annotations

import sys
from typing import TextIO

_PROCESS_SEQUENCES = 0x0004  # ENABLE_VIRTUAL_TERMINAL_PROCESSING of SetConsoleMode


def obeys_sequences(terminal: TextIO) -> bool:
    """Tell a terminal to obey escape sequences; whether it does, which those before Windows 10 do not."""
    if sys.platform != "win32":
        return True
    import ctypes
    import msvcrt

    mode, system = ctypes.c_ulong(), ctypes.windll.kernel32
    handle = msvcrt.get_osfhandle(terminal.fileno())
    known = system.GetConsoleMode(handle, ctypes.byref(mode))
    return bool(known and system.SetConsoleMode(handle, mode.value | _PROCESS_SEQUENCES))
