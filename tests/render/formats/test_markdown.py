"""A page in Markdown, read by a CommonMark parser with the tables of GitHub."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hypothesis import given
from markdown_it import MarkdownIt
from markdown_it.token import Token

from dnstrace.analysis.expectations import judge, parse
from dnstrace.render.formats.entries import Entry
from dnstrace.render.formats.markdown import markdown
from tests.checks.checking import walked
from tests.render.formats.made import FAILED, LAME, NOTED, PLAIN, WARNED, found, hostile, named

_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_BLOCKS = {"heading", "paragraph", "bullet_list", "list_item", "table", "thead", "tbody", "tr", "th", "td"}


def tokens(entries: Sequence[Entry]) -> Iterator[Token]:
    """All blocks of a page, and what is in them."""
    for token in _PARSER.parse(markdown(entries)):
        yield token
        yield from token.children or ()


def code(entries: Sequence[Entry]) -> list[str]:
    return [token.content for token in tokens(entries) if token.type == "code_inline"]


def rows(entries: Sequence[Entry]) -> list[list[str]]:
    """The cells of all rows, as they are shown."""
    found: list[list[str]] = []
    within = False
    for token in _PARSER.parse(markdown(entries)):
        within = token.type == "tr_open" or (within and token.type != "tr_close")
        if token.type == "tr_open":
            found.append([])
        elif within and token.type == "inline":
            found[-1].append("".join(child.content for child in token.children or ()))
    return found


def test_one_name() -> None:
    made = found(LAME, WARNED, NOTED, ignores=("open-transfer until 2030-01-01 It is public.",))
    page = markdown([made])
    assert page.startswith("## \N{CROSS MARK} `www.example.com` A\n")
    head, lame, refuses, accepted, transfer = rows([made])
    assert head == ["level", "code", "where", "message"]
    assert lame[1:] == ["lame-server", "example.com at ns1.example.com", LAME.message]
    assert refuses[1] == "refuses" and accepted == ["accepted", "where", "why"]
    assert transfer == ["open-transfer", "example.com", "until 2030-01-01: It is public."]
    (block,) = [token for token in tokens([made]) if token.type == "code_block"]
    assert block.content == f"{LAME.records[0]}\n"


def test_a_name_without_problems() -> None:
    trace = walked("in-domain")
    met = tuple(judge(trace, each) for each in parse("a=192.0.2.44"))
    assert "\N{WHITE HEAVY CHECK MARK} `www.example.com` A" in markdown([PLAIN])
    assert "\N{WHITE HEAVY CHECK MARK} `a=192.0.2.44`" in markdown([found(expectations=met)])


def test_many_names_have_each_problem_once() -> None:
    made = [named(f"n{number}.example", found(LAME, WARNED)) for number in range(30)]
    page = markdown([*made, PLAIN, named("x.example", FAILED)])
    assert page.startswith("## \N{CROSS MARK} 31 of 32 names with errors or warnings\n")
    assert page.count(LAME.message.split()[-1]) and page.count("### ") == 3
    assert "and 10 more" in page and "Nothing found: `www.example.com` A" in page
    assert "0 of 2 names with errors or warnings, 1 with notices only\n" in markdown([PLAIN, found(NOTED)])


@given(hostile())
def test_hostile_text_is_code_and_nothing_else(entry: Entry) -> None:
    for entries in ([entry], [entry, PLAIN]):
        for token in tokens(entries):
            block = token.type.removesuffix("_open").removesuffix("_close")
            assert block in {*_BLOCKS, "inline", "text", "code_inline", "code_block", "softbreak"}, token
            if token.type == "text":
                assert (
                    not set(token.content) & set("@#<>[]*_`|\\&~/") - set("/") and "://" not in token.content
                )
        assert {len(row) for row in rows(entries)} <= {2, 3, 4}
        blocks = [token.content for token in tokens(entries) if token.type == "code_block"]
        assert any(entry.problems[0].records[0].strip() == block.strip() for block in blocks or [""])
