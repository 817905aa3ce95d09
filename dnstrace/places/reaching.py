"""The words of the process that reaches a place.

No shell of this machine reads them. With ssh, the login shell of the place does, and gets one command in
single quotes that is the same for everybody; user and host were checked (`dnstrace.model.places`), and stand
where ssh takes nothing for an option.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from dnstrace.model.places import Place, Way
from dnstrace.places.boot import FIRST

_PYTHON = ("python3", "-I", "-c")
_SSH = (
    "ssh",
    "-T",  # no terminal
    "-a",  # no agent
    "-x",  # no X11
    "-oBatchMode=yes",  # no questions
    "-oClearAllForwardings=yes",
    "-oRemoteCommand=none",
    "-oPermitLocalCommand=no",
)


def command(place: Place) -> list[str]:
    """The words of the process whose standard streams lead to a Python at the place."""
    if place.way is Way.HERE:
        return [sys.executable, *_PYTHON[1:], FIRST]
    if place.way is Way.COMMAND:
        return [*place.words, *_PYTHON, FIRST]
    user = ["-l", place.user] if place.user else []
    port = ["-p", str(place.port)] if place.port is not None else []
    return [*_SSH, *user, *port, "--", place.host, f"exec {' '.join(_PYTHON)} '{FIRST}'"]


def variables(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variables that ssh, kubectl and others may need; none of those that say how to trace."""
    return {name: text for name, text in environment.items() if not name.startswith("DNSTRACE_")}
