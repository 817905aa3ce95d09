"""Words that do not come back, and where people read: `python -m tests.english` counts them by package."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HOME = Path(__file__).parent.parent
PACKAGE = HOME / "dnstrace"

_COMPARED = "better|different|larger|less|longer|more|such|worse"
AVOIDED = {
    r"mend(?:s|ed|ing)?": "fix",
    r"(?:is|are|was|were|be) to be": "must be, will be, needs to be",
    r"told by|(?:is|are|was|were|be) told(?: (?:as|by|from|in)|(?=[.,;:)]|$))": "reported, shown, known",
    r"g(?:ives?|ave|iven|iving) (?:\w+ ){0,4}along": "includes",
    r"of (?:itself|themselves)": "by default",
    r"whom": "which",
    r"besides?": "in parallel with, next to; also",
    r"c[ao]mes? to be": "appears, becomes",
    r"what (?:\w+ ){1,3}c[ao]mes? to|c[ao]mes? to nothing": "the result",
    r"(?:what|all that) c[ao]mes? of|c[ao]mes? of (?:it|that|them|this)": "the result",
    r"had to be(?! \w+(?:ed|en|t)\b)": "on the critical path",
    rf"(?<!there )(?:is|are|was|were) no(?! (?:{_COMPARED})\b) \w+": "is not a",
    r"(?<!there )(?:is|are|was|were) (?-i:none)(?! of)": "is not one",
    r"holds? no": "has no",
    r"so many": "N",
    r"otherwise than": "other than, differently from",
}
"""Patterns that people do not read, each with what to write in its place."""

AMERICAN = {
    r"(?:mis)?behaviors?": "behaviour",
    r"neighbors?": "neighbour",
    r"(?:canonical|initial|minim|normal|optim|organ|random|recogn|summar)iz(?:es?|ed|ing|ation)": "-is-",
    r"analyz(?:es?|ed|ing)": "analyse",
    r"cancel(?:ed|ing)": "cancelled",
    r"(?:un)?label(?:ed|ing)": "labelled",
}
"""American spellings, each with the British one, which stands everywhere."""

_ONE = "address|error|finding|key|name|name server|notice|query|record|reply|server|step|warning|zone"
_MORE = (
    "addresses|errors|findings|keys|names|name servers|notices|queries|records|replies|servers|steps|zones"
)
DISAGREEING = re.compile(
    rf"(?<![\w.,:/-])(?:1 (?:{_MORE})|1 (?:{_ONE}) (?:answer|are|do|give|have|refuse|were)"
    rf"|(?:[02-9]|[1-9]\d+) (?:{_ONE})(?! servers?)|all [12])\b"
)
"""A number that does not agree with its noun, or the noun with its verb."""

ALLOWED: dict[str, str] = {}
"""Lines that may hold an avoided word, each with the reason: only where something is quoted."""

_AVOIDED = {**AVOIDED, **AMERICAN}
_PATTERN = re.compile(
    "|".join(f"(?P<w{number}>(?<![\\w-])(?:{word})(?![\\w-]))" for number, word in enumerate(_AVOIDED)),
    re.IGNORECASE,
)
_CODE = re.compile(r"`[^`\s]+`")  # the name of something in the code, whatever word it is
_FINDINGS = re.compile(r"<!-- findings -->.*<!-- end of findings -->", re.DOTALL)
"""The README's table of findings, whose text is that of the rules."""

_INSTEAD = tuple(_AVOIDED.values())
_OTHERS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "tests/run", ".ci/run")


@dataclass(frozen=True)
class Text:
    """What people read at one place: a string, a docstring, a comment, a paragraph."""

    path: Path
    line: int
    words: str

    @property
    def package(self) -> str:
        """The package that it belongs to, or the file that is in none."""
        return package_of(self.path)


def package_of(path: Path) -> str:
    """The package that a file belongs to, or the file if it is in none."""
    parts = path.relative_to(HOME).parts
    return "/".join(parts[:2]) if parts[0] in ("dnstrace", ".github") else "/".join(parts)


def packages() -> list[str]:
    """Every package, and every file in none, that has texts."""
    return sorted({package_of(path) for path in _paths()})


def found(text: Text) -> Iterator[str]:
    """Each avoided word in `text`, with its place and what to write instead."""
    for match in _PATTERN.finditer(_CODE.sub("``", " ".join(text.words.split()))):
        instead = _INSTEAD[int((match.lastgroup or "w0")[1:])]
        around = match.string[max(0, match.start() - 40) : match.end() + 40]
        if not any(allowed in match.string and match[0] in allowed for allowed in ALLOWED):
            yield f"{text.path.relative_to(HOME)}:{text.line}: {match[0]!r} ({instead}): {around}"


@cache
def texts() -> tuple[Text, ...]:
    """Everything that people read in the repository, but for the tests."""
    return tuple(each for path in _paths() for each in _texts_of(path))


def _paths() -> Iterator[Path]:
    yield from (HOME / name for name in _OTHERS)
    for suffix in (".py", ".toml", ".js", ".1", ".json"):
        yield from sorted(PACKAGE.rglob(f"*{suffix}"))
    yield from sorted(path for suffix in (".md", ".yml") for path in (HOME / ".github").rglob(f"*{suffix}"))


def _texts_of(path: Path) -> Iterator[Text]:
    content = _FINDINGS.sub("", path.read_text("utf-8"))
    if path.suffix == ".py":
        yield from (Text(path, line, words) for line, words in (*_strings(content), *_comments(content)))
    elif path.suffix == ".json":
        yield from (Text(path, 0, words) for words in _described(json.loads(content)))
    else:
        yield from (Text(path, line, words) for line, words in _paragraphs(content))


def _strings(source: str) -> Iterator[tuple[int, str]]:
    """The string literals of a module, docstrings too, each f-string whole with {} for its values."""
    tree = ast.parse(source)
    joined = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    within = {id(part) for node in joined for part in node.values}
    for node in joined:
        yield (
            node.lineno,
            "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values),
        )
    for each in ast.walk(tree):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and id(each) not in within:
            yield each.lineno, each.value if " " in each.value else ""  # one word alone is a key


def _comments(source: str) -> Iterator[tuple[int, str]]:
    """The comments of a module, those on successive lines as one."""
    line, words, last = 0, "", -1
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        text = token.string.lstrip("# ")
        if token.start[0] == last + 1:
            words = f"{words} {text}"
        else:
            yield line, words
            line, words = token.start[0], text
        last = token.start[0]
    yield line, words


def _described(schema: object) -> Iterator[str]:
    """The titles and descriptions in a JSON Schema."""
    if isinstance(schema, dict):
        yield from (schema[key] for key in ("title", "description") if isinstance(schema.get(key), str))
        schema = list(schema.values())
    if isinstance(schema, list):
        yield from (words for each in schema for words in _described(each))


def _paragraphs(content: str) -> Iterator[tuple[int, str]]:
    """The paragraphs of a text with the number of the line on which each begins."""
    content = re.sub(r"^\.\w+ ?|\\(?:f[BIR]|&)", "", content, flags=re.MULTILINE).replace("\\-", "-")
    line = 1
    for paragraph in re.split(r"(\n(?:\s*\n)+)", content):
        if words := re.sub(r"^\s*#+ ?", "", paragraph, flags=re.MULTILINE).strip():
            yield line, words
        line += paragraph.count("\n")


if __name__ == "__main__":
    everything = [(text.package, each) for text in texts() for each in found(text)]
    print(*(each for _, each in everything), sep="\n")
    for package, count in sorted(Counter(package for package, _ in everything).items()):
        print(f"{count:5} {package}")
