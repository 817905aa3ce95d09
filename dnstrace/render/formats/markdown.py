r"""A page in Markdown (CommonMark with the tables of GitHub), for a pull request, a job summary or a ticket.

Text from the network could mention people, link, or make a table of its own. Words with anything in them that
means something to Markdown, and all names and addresses, are code, which means nothing; what would end the
code is written as in a zone file (`\096`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from dnstrace.model.findings import Level
from dnstrace.render.formats.entries import Entry, Problem
from dnstrace.render.text import count_text

_WORD = re.compile(r"(?P<before>[(]*)(?P<word>\S*?)(?P<after>[),;:.!?]*)(?P<blank>\s+|$)")
_PLAIN = re.compile(r"(?:[^\W_]|[-%+'\"\u2019])+(?:/(?:[^\W_]|-)+)*")
_ENDS_CODE = str.maketrans({"`": r"\096", "|": r"\124"})
_SIGNS = {
    Level.ERROR: "\N{CROSS MARK}",
    Level.WARNING: "\N{WARNING SIGN}",
    Level.NOTICE: "\N{INFORMATION SOURCE}",
}
_GOOD = "\N{WHITE HEAVY CHECK MARK}"
_HEALTHY = 200  # names without problems that are listed
_AFFECTED = 20  # names with the same problem
_BLANKS = re.compile("\n{3,}")


def markdown(entries: Sequence[Entry]) -> str:
    """The page for a run."""
    lines = _of_one(entries[0]) if len(entries) == 1 else _of_many(entries)
    return _BLANKS.sub("\n\n", "\n".join(lines)).rstrip("\n") + "\n"


def _of_one(entry: Entry) -> Iterator[str]:
    """The lines for one name: its answer, its problems with what to do, and what is accepted."""
    yield f"## {_sign([entry])} {_text(entry.question)}"
    yield ""
    answer = ", ".join(map(_code, entry.answer)) or _text(entry.outcome or "interrupted")
    secure = f", {entry.security}" if entry.security else ""
    yield f"{answer}{secure} ({_text(entry.checked)})"
    yield ""
    yield from (f"- {_GOOD} {_code(text)}" for text, met in entry.expected if met)
    yield ""
    if entry.counting:
        heads = ("level", "code", "where", "message")
        yield from _table(heads, [_row(each) for each in entry.counting])
    for problem in entry.counting:
        yield from _advice(problem)
    yield from _accepted(each for each in entry.problems if not each.counts)


def _of_many(entries: Sequence[Entry]) -> Iterator[str]:
    """The lines for many names: which have problems, each problem once, which names have none."""
    bad = sum(any(problem.level is not Level.NOTICE for problem in entry.counting) for entry in entries)
    noted = sum(bool(entry.counting) for entry in entries) - bad
    only = f", {noted:,} with notices only" if noted else ""
    yield f"## {_sign(entries)} {bad:,} of {count_text(len(entries), 'name')} with errors or warnings{only}"
    yield ""
    if rows := [(_text(entry.question), _codes(entry)) for entry in entries if entry.counting]:
        yield from _table(("name", "found"), rows)
    for problem, names in _distinct(entries).items():
        if problem.counts:
            yield from _section(problem, names)
    yield from _accepted(each for each in _distinct(entries) if not each.counts)
    if rest := [_text(entry.question) for entry in entries if not entry.counting]:
        yield f"{_GOOD} Nothing found: {_listed(rest, _HEALTHY)}"


def _section(problem: Problem, names: Sequence[str]) -> Iterator[str]:
    where = f" {_where(problem)}" if problem.zone or problem.server else ""
    yield f"### {_SIGNS[problem.level]} {_code(problem.code)}{where}"
    yield ""
    yield f"{_text(problem.message)}"
    yield ""
    yield f"- names: {_listed([_text(name) for name in names], _AFFECTED)}"
    yield from (f"- {_text(line)}" for line in problem.advice)
    yield from _records(problem, deep=1)
    yield ""


def _distinct(entries: Sequence[Entry]) -> dict[Problem, list[str]]:
    """Each problem, and the names that have it: names of one zone share those of the zone."""
    found: dict[Problem, list[str]] = {}
    for entry in entries:
        for problem in entry.problems:
            found.setdefault(problem, []).append(entry.question)
    return found


def _listed(texts: Sequence[str], most: int) -> str:
    more = f" and {len(texts) - most:,} more" if len(texts) > most else ""
    return ", ".join(texts[:most]) + more


def _sign(entries: Sequence[Entry]) -> str:
    levels = {problem.level for entry in entries for problem in entry.counting}
    return next((_SIGNS[level] for level in Level if level in levels), _GOOD)


def _codes(entry: Entry) -> str:
    found = dict.fromkeys((problem.level, problem.code) for problem in entry.counting)
    return ", ".join(f"{_SIGNS[level]} {_code(code)}" for level, code in found)


def _accepted(problems: Iterable[Problem]) -> Iterator[str]:
    if rows := [(_code(each.code), _where(each), _text(each.accepted)) for each in problems]:
        yield from _table(("accepted", "where", "why"), rows)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def _row(problem: Problem) -> tuple[str, ...]:
    sign = f"{_SIGNS[problem.level]} {problem.level.value}"
    return sign, _code(problem.code), _where(problem), _text(problem.message)


def _where(problem: Problem) -> str:
    return " at ".join(_code(name) for name in (problem.zone, problem.server) if name)


def _advice(problem: Problem) -> Iterator[str]:
    """What to do about a problem."""
    if problem.advice or problem.records:
        yield f"- {_code(problem.code)}{f' at {_code(problem.server)}' if problem.server else ''}"
        yield from (f"  - {_text(line)}" for line in problem.advice)
        yield from _records(problem, deep=2 if problem.advice else 1)
        yield ""


def _records(problem: Problem, deep: int) -> Iterator[str]:
    """The records to publish: indented code, which no text can end, in a list at a depth of `deep`."""
    if problem.records:
        yield ""
        yield from (f"{'  ' * deep}    {record}" for record in problem.records)


def _text(text: str) -> str:
    """A sentence: its plain words as they are, all others as code."""
    return "".join(map(_word, _WORD.finditer(text))).strip()


def _word(found: re.Match[str]) -> str:
    before, word, after, blank = found.groups()
    shown = word if not word or _PLAIN.fullmatch(word) else _code(word)
    return f"{before}{shown}{after}{' ' if blank else ''}"


def _code(text: str) -> str:
    """Text as code, within a table too."""
    return f"`{text.translate(_ENDS_CODE)}`"
