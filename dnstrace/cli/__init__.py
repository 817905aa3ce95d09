"""The command `dnstrace`: the command line read, a trace made, its output printed, a status given.

`main` is the installed command. `app` is the same as a Typer application, to be mounted in another one or run
by `typer.testing.CliRunner`; Typer is imported with it, and only with it.
"""

from __future__ import annotations

import gc
import os
import sys

from dnstrace.descriptors import TOO_FEW, has_run_out

TYPE_CHECKING = False  # that of `typing` is not imported before the first query
if TYPE_CHECKING:
    import typer

    app: typer.Typer

__all__ = ["app", "main"]


def __getattr__(name: str) -> object:
    """Make `app` when it is first asked for: importing Typer takes longer than most traces."""
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from dnstrace.cli.typer_app import application

    found = globals()[name] = application()
    return found


def main() -> int:
    """Run the command with this process's arguments and streams, and end the process with its exit status.

    All output is flushed and the process then ended without Python's own tidying up, and garbage is
    collected only where there are several questions: the two are a fifth of the time of a short trace.
    """
    gc.disable()
    try:
        from dnstrace.cli.environment import Environment
        from dnstrace.cli.first import first_query

        environment = Environment()
        environment.first = first_query(sys.argv[1:], environment)
        from dnstrace.message.deferring import defer

        defer()
        from dnstrace.cli.command import command

        status = command(environment=environment)
    except KeyboardInterrupt:
        status = 130  # Exit.INTERRUPTED, before it could be imported
    except Exception as error:  # Python's own status would be 1, which means NXDOMAIN
        status = 71 if has_run_out(error) else 70  # Exit.SYSTEM, before it could be imported; Exit.BUG
        if status == 71 and sys.stderr is not None:
            sys.stderr.write(f"dnstrace: {TOO_FEW}\n")
        else:
            sys.excepthook(*sys.exc_info())
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            continue  # reported, with its exit status, when it was written
        except KeyboardInterrupt:
            status = 130
    os._exit(status)
