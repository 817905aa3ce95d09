"""The command `dnstrace`: the command line read, a trace made, its output printed, a status given."""

from __future__ import annotations

import gc
import os
import sys


def main() -> int:
    """Run the command with this process's arguments and streams, and end the process with its exit status.

    The process is ended without Python's own tidying up, once all output is flushed, and garbage is
    collected only where there are several questions: of a short trace these are a fifth of the time.
    """
    gc.disable()
    try:
        from dnstrace.cli.command import command

        status = command()
    except KeyboardInterrupt:
        status = 130  # Exit.INTERRUPTED, before it could be imported
    except Exception:  # Python's own status would be 1, which says that there is no such name
        sys.excepthook(*sys.exc_info())
        status = 70  # Exit.BUG
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            continue  # it was said, and stands in the status, when it was written
    os._exit(status)
