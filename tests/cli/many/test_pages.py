"""`-f --html DIR`: an index, and a page for each bad name, under names that are safe for any file system."""

from __future__ import annotations

import re
from pathlib import Path

import dns.name
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.cli.many.pages import file_name
from dnstrace.render.text import name_text
from tests.cli.many.listed import names
from tests.cli.running import run

LINKED = re.compile(r'<a href="([^"]*)">([^<]*)</a>')


@given(st.lists(st.binary(min_size=1, max_size=63), max_size=4), st.sampled_from(["A", "TYPE65280"]))
def test_a_name_that_is_made_of_anything_is_safe_and_its_own(labels: list[bytes], rdtype: str) -> None:
    try:
        question = f"{name_text(dns.name.Name([*labels, b'']))} {rdtype}"
    except dns.name.NameTooLong:
        return
    made = file_name(question)
    assert re.fullmatch(r"[a-z0-9_][a-z0-9._-]*\.html", made) and len(made) < 200
    assert made != "index.html" and made.split(".")[0] not in {"con", "nul", "aux", "prn", "com1"}


def test_different_questions_have_different_files() -> None:
    several = [
        ". A", "root. A", "_. A", "_root. A", "*.example. A", "_.example. A", "con.example. A",
        "_con.example. A",
        r"a\.b.example. A", "a.b.example. A", r"..\047..\047etc. A", "a.example. A", "a.example. AAAA",
        f"{'x' * 63}.{'y' * 63}.{'z' * 63}. A", f"{'x' * 63}.{'y' * 63}.{'z' * 62}. A",
    ]  # fmt: skip
    assert len({file_name(each) for each in several}) == len(several)
    assert file_name("WWW.Example.com. A") == file_name("www.example.com. A") == "www.example.com.a.html"


def test_an_index_with_the_bad_ones_linked(tmp_path: Path) -> None:
    file, pages = (
        names(tmp_path / "names", "www.example.com", "*.example.com", "www.example.net"),
        tmp_path / "d",
    )
    ran = run("--lab", "all-refuse", "-f", file, "--html", str(pages), "--only-bad", "--short")
    assert (ran.status, ran.out) == (3, "") and f"pages: {pages / 'index.html'}" in ran.err
    index = (pages / "index.html").read_text()
    linked = dict(LINKED.findall(index))
    assert sorted(linked.values()) == ["*.example.com. A", "www.example.com. A"]
    assert sorted(each.name for each in pages.iterdir()) == sorted([*linked, "index.html"])
    for page, question in linked.items():
        assert f"<h1>{question}" in (pages / page).read_text()
    assert "www.example.net. A" in index and "2 names are bad" in index
    assert re.search(r"<li>no usable reply from: .*ns1\.example\.com", index)
    assert "<li>failed in zone: example.com (2 names)" in index


def test_a_directory_with_files_is_not_written_to(tmp_path: Path) -> None:
    file, pages = names(tmp_path / "names", "www.example.com"), tmp_path / "d"
    pages.mkdir()
    (pages / "mine").write_text("mine")
    ran = run("--lab", "all-refuse", "-f", file, "--html", str(pages))
    assert (ran.status, ran.out) == (2, "") and "has files already; use --force" in ran.err
    assert run("--lab", "all-refuse", "-f", file, "--html", str(pages), "--force").status == 3
    assert (pages / "mine").read_text() == "mine" and (pages / "index.html").exists()
    ran = run("--lab", "-f", file, "--html", str(pages / "mine"))
    assert ran.status == 2 and "is not a directory" in ran.err


@pytest.mark.parametrize(("option", "why"), [("--resume", "have no pages"), ("--watch=5", "exclude")])
def test_what_pages_do_not_go_with(tmp_path: Path, option: str, why: str) -> None:
    file = names(tmp_path / "names", "www.example.com")
    more = ["--jsonl", "-o", str(tmp_path / "out")] if option == "--resume" else []
    ran = run("--lab", "-f", file, "--html", str(tmp_path / "d"), option, *more)
    assert ran.status == 2 and why in ran.err
