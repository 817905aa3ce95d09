"""The environment: from the variables `DNSTRACE_...` to what they set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dnstrace.cli.line.options import OPTIONS
from dnstrace.cli.line.parsed import Parsed
from dnstrace.cli.line.syntax import converted
from dnstrace.cli.usage import Usage, shown
from dnstrace.model.allowed import ONLY_READER, READER

if TYPE_CHECKING:
    from collections.abc import Mapping

_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"0", "false", "no", "off"})


def of_environment(variables: Mapping[str, str]) -> Parsed:
    """What the variables set; an empty one sets nothing, the words of a list have blanks between them.

    Raises Usage for one that has no value that its option could have.
    """
    parsed = Parsed("variable")
    for option in OPTIONS:
        if not option.variable or not (text := variables.get(option.variable, "").strip()):
            continue
        for word in text.split() if option.repeatable and not option.whole else [text]:
            if option.metavar:
                value = converted(option.variable, option.convert, word)
                parsed.file(option, value, option.variable)
            elif word.lower() in _YES:
                parsed.file(option, option.value, option.variable)
            elif word.lower() in _NO:
                parsed.take_back(option, option.variable)
            else:
                raise Usage(f"{option.variable} must be 1 or 0, not {shown(word)}")
    if (reader := variables.get(READER, "").strip()) not in ("", ONLY_READER):  # which `reading` goes by
        raise Usage(f"{READER} must be {ONLY_READER} or empty, not {shown(reader)}")
    return parsed
