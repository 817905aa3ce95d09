"""`-f --html DIR`: a directory of pages, one for each bad name, and an index that leads to them."""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING

from dnstrace.cli.usage import Usage, shown

if TYPE_CHECKING:
    from dnstrace.cli.many.results import Result
    from dnstrace.cli.many.tally import Tally

INDEX = "index.html"
_UNSAFE = re.compile(r"[^a-z0-9._-]")
_LONGEST = 150  # characters of a name in a file's name: some file systems take 255 octets, some fewer
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)")  # which Windows would open instead
_ROWS = 20_000  # names that the index lists, the bad ones first


class Pages:
    """The directory: each page is written as its trace ends, the index at the end of the run."""

    def __init__(self, path: str, force: bool) -> None:
        """Make the directory if it is not there. Raises Usage if it cannot be used, or has files in it."""
        self._path = path
        self._bad: list[tuple[Result, str]] = []
        self._others: list[Result] = []
        try:
            os.makedirs(path, exist_ok=True)
            full = not force and bool(os.listdir(path))
            writable = os.access(path, os.W_OK | os.X_OK)
        except FileExistsError as error:
            raise Usage(
                f"--html: {shown(path)} is not a directory: with -f, there is one page a bad name"
            ) from error
        except OSError as error:
            raise Usage(f"--html: {shown(path)} cannot be used: {error.strerror}") from error
        if full:
            raise Usage(f"--html: {shown(path)} has files already; use --force to overwrite its pages")
        if not writable:
            raise Usage(f"--html: {shown(path)} is not writable")

    def add(self, found: Result) -> None:
        """Take in a result, and write its page if it has one. Raises Unwritable."""
        if found.page:
            name = file_name(found.name)
            self._write(name, found.page)
            self._bad.append((found._replace(page="", text=""), name))
        elif len(self._others) < _ROWS:
            self._others.append(found._replace(text=""))

    def close(self, tally: Tally) -> str:
        """Write the index; its path. Raises Unwritable."""
        from dnstrace.render.html_index import Row, html_index

        bad = [Row(each.name, each.outcome, each.said, page) for each, page in self._bad]
        others = [Row(each.name, each.outcome, each.said) for each in self._others]
        left = tally.ended - len(bad) - len(others)
        totals = [*tally.findings(), *tally.places()]
        self._write(INDEX, html_index(tally.heading, totals, bad, others, left))
        return os.path.join(self._path, INDEX)

    def _write(self, name: str, text: str) -> None:
        from dnstrace.cli.files import write_file

        write_file(os.path.join(self._path, name), text.encode(), True)


def file_name(question: str) -> str:
    """The name of the file for a question such as `www.example.com. A`: the same for the same question.

    It has only small letters, digits, `-`, `_` and `.`. If more than capitals and the final dot had to be
    changed for that, a digest of the question keeps it different from all others.
    """
    name, _, rdtype = question.lower().rpartition(" ")
    plain = name.removesuffix(".")
    safe = _UNSAFE.sub("_", plain)[:_LONGEST]
    if not safe or safe[0] in ".-" or _DEVICE.match(safe):
        safe = f"_{safe}"
    if safe != plain:
        safe += f"-{hashlib.blake2b(question.lower().encode(), digest_size=5).hexdigest()}"
    return f"{safe}.{_UNSAFE.sub('_', rdtype)}.html"
