"""`--format nagios`: whatever goes wrong is the line and the status of a monitoring plugin, UNKNOWN."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from dnstrace.cli.environment import Environment, Unwritable
from dnstrace.cli.usage import Usage, harmless

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_FORM = "nagios"
_OTHER_FORM = re.compile(r"--(?:short|jsonl?|mermaid|dot)\b")
_SET = re.compile(rf"""^\s*format\s*=\s*["']{_FORM}["']""", re.MULTILINE)


def is_plugin(words: Sequence[str], variables: Mapping[str, str], configured: str = "") -> bool:
    """Whether a plugin's output was asked for, as far as can be seen before the words are read.

    `configured` is the text of the configuration file, which may not be valid.
    """
    said = " ".join(words).replace("+", "--").replace("--format=", "--format ")
    if "--format" in said:
        return f"--format {_FORM}" in said
    if _OTHER_FORM.search(said):
        return False
    if variable := variables.get("DNSTRACE_FORMAT", "").strip():
        return variable == _FORM
    return "--no-config" not in said and _SET.search(configured) is not None


def guarded_plugin(environment: Environment, part: Callable[[], int]) -> int:
    """The status of a part of the command; of whatever ends it, UNKNOWN, with a line that says why."""
    from dnstrace.render.formats.nagios import State, unknown

    try:
        environment.check_writable()
        return part()
    except (Unwritable, BrokenPipeError):
        return State.UNKNOWN
    except Usage as error:
        why = str(error)
    except KeyboardInterrupt:
        why = "stopped by the user"
    except (
        Exception
    ) as error:  # a bug of any kind: a monitoring system reads nothing but the line and the status
        sys.excepthook(*sys.exc_info())
        why = harmless(f"a bug in dnstrace: {type(error).__name__}: {error}")
    environment.write(unknown(why))
    return State.UNKNOWN
