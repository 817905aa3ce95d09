"""Terminals on Windows, which have to be asked to obey escape sequences."""

from __future__ import annotations

import sys
from typing import TextIO

_PROCESS_SEQUENCES = 0x0004  # ENABLE_VIRTUAL_TERMINAL_PROCESSING of SetConsoleMode


def obeys_sequences(terminal: TextIO) -> bool:
    """Have a terminal obey escape sequences; whether it does: those before Windows 10 do not."""
    if sys.platform != "win32":
        return True
    import ctypes
    import msvcrt

    mode, system = ctypes.c_ulong(), ctypes.windll.kernel32
    handle = msvcrt.get_osfhandle(terminal.fileno())
    known = system.GetConsoleMode(handle, ctypes.byref(mode))
    return bool(known and system.SetConsoleMode(handle, mode.value | _PROCESS_SEQUENCES))
