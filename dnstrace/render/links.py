"""Links from the code of a finding to what the project says of it, for terminals that show them (OSC 8)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.style import Style

if TYPE_CHECKING:
    from rich.text import Text

HOME = "https://github.com/dnstrace/dnstrace"
"""Where the project is, as its package says."""

_CODE = re.compile(r"(?:\b(?:error|warning|notice) |--explain )(?P<code>[a-z0-9]+(?:-[a-z0-9]+)*)(?=:|$)")


def link_to(code: str) -> str:
    """The table of all findings in the README, at the row of a code (URL fragment text directives)."""
    return f"{HOME}/blob/main/README.md#all-findings:~:text={code.replace('-', '%2D')}"


def linked(line: Text) -> Text:
    """The line with links on codes of findings: after their level, and in a command that explains them."""
    for match in _CODE.finditer(line.plain):
        line.stylize(Style(link=link_to(match["code"])), *match.span("code"))
    return line
