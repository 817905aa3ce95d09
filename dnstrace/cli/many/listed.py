"""What one document about many names shows of each, in the order of the list."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dns.rdatatype

from dnstrace.model.naming import plain

if TYPE_CHECKING:
    from dnstrace.bulk.plan import Item
    from dnstrace.render.formats.entries import Entry


class Listed:
    """The entries of a run, and the lines that their questions are on."""

    def __init__(self) -> None:
        self._lines: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._entries: list[Entry] = []

    def read(self, line: int, question: Item) -> None:
        """Take note of the line that a question is on."""
        self._lines[plain(question.name), dns.rdatatype.to_text(question.rdtype)].append(line)

    def wrong(self, line: int, why: str) -> None:
        """Take in a line that cannot be traced: whoever reads the document must see that it lacks one."""
        from dnstrace.render.formats.entries import unread

        self._entries.append(unread(line, why, datetime.now(UTC)))

    def add(self, entry: Entry) -> None:
        """Take in an entry, with the next line that its question is on."""
        lines = self._lines[entry.name, entry.type]
        self._entries.append(entry._replace(line=lines.pop(0) if lines else None))

    def entries(self) -> list[Entry]:
        """The entries so far, in the order of the list."""
        return sorted(self._entries, key=lambda entry: entry.line or 0)
