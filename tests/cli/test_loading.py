"""The files that a command line names: read once, and in one line what is wrong with them."""

from __future__ import annotations

import builtins
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dnstrace.cli import loading
from dnstrace.cli.line.syntax import parse
from dnstrace.cli.loading import load
from tests.cli.running import run


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record with a little of everything."""
    path = tmp_path_factory.mktemp("saved") / "record.json"
    words = ["--lab", "in-domain", "--dnssec", "--expect", "a=192.0.2.44", "--nsid", "--save", str(path)]
    assert run(*words, "--undelegated", "example.org=ns1.example.org/192.0.2.53").err == ""
    return path


def damaged(whole: bytes) -> Iterator[tuple[str, bytes]]:
    """What can become of a file, and a word of what is said then."""
    document = json.loads(whole)
    yield "is empty", b""
    yield "is", b"{}"
    yield "is", b"[]"
    yield "is", b"null"
    yield "is", b"\xff\xfe"
    yield "is", b"[" * 100_000
    yield "is", whole[: len(whole) // 2]
    yield "is", whole[:-2]
    yield "is cut off: the end of the gzip data is missing", gzip.compress(whole)[:-20]
    yield "is damaged: gzip cannot unpack it", gzip.compress(whole)[:40] + b"\0" * 400
    yield "newer", whole.replace(b'"dnstrace/1"', b'"dnstrace/9"')
    record = document["record"]
    how = record["how"]
    wrongs: tuple[Any, ...] = ("x", -1, [], {}, [[]], [{}])
    newer = record | {"format": 99}
    yield "newer dnstrace: its format is 99", json.dumps(document | {"record": newer}).encode()
    for number, wrong in enumerate(wrongs):
        yield "", json.dumps(document | {"record": wrong}).encode()
        for key in [*record][number::3]:
            yield "", json.dumps(document | {"record": record | {key: wrong}}).encode()
        for key in [*how][number::3]:
            yield "", json.dumps(document | {"record": record | {"how": how | {key: wrong}}}).encode()
        for key in [*document][number::3]:
            yield "", json.dumps(document | {key: wrong}).encode()


@pytest.mark.parametrize("option", ["--diff", "--replay"])
def test_a_damaged_file_is_one_line(option: str, saved: Path, tmp_path: Path, asked: list[Any]) -> None:
    path, seen = tmp_path / "damaged", 0
    for said, octets in damaged(saved.read_bytes()):
        path.write_bytes(octets)
        ran = run(option, str(path))
        assert ran.status == 2 or not said, (said, ran)
        if ran.status == 2:
            seen += 1
            assert ran.out == "" and ran.err.count("\n") == 1 and ran.err[:-1].isprintable()
            assert ran.err.startswith(f"dnstrace: {option}: '{path}' ") and said in ran.err
    assert seen > 30


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_stands_in_a_file_nothing_is_raised(
    data: st.DataObject, saved: Path, tmp_path: Path
) -> None:
    document = json.loads(saved.read_bytes())
    place: Any = document
    while True:
        keys: list[Any] = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        inner = place[key]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.integers(0, 4)) == 0:
            break
        place = inner
    place[key] = data.draw(
        st.sampled_from([None, True, -1, 1e300, "", "x", "\x1b", [], {}, [None], {"a": 1}])
    )
    path = tmp_path / "damaged.json"
    path.write_text(json.dumps(document))
    for words in (["--diff", str(path), "--lab", "in-domain"], ["--diff", str(path), str(saved)]):
        ran = run(*words)
        assert ran.status in (0, 2, 5) and ran.err.count("\n") == (ran.status == 2)
    assert run("--replay", str(path)).err.count("\n") < 2


@pytest.mark.parametrize("words", [["--diff", "{}"], ["--replay", "{}"], ["--diff", "{}", "--replay", "{}"]])
def test_what_is_no_file_is_one_line(words: list[str], tmp_path: Path, asked: list[Any]) -> None:
    for path, why in ((tmp_path, "Is a directory"), (tmp_path / "none.json", "No such file or directory")):
        ran = run(*(word.format(path) for word in words))
        assert (ran.status, ran.out, ran.err.count("\n"), asked) == (2, "", 1, [])
        assert f"'{path}' cannot be read: {why}" in ran.err


def test_a_file_of_a_variable_is_named_by_the_variable(tmp_path: Path) -> None:
    ran = run(DNSTRACE_REPLAY=str(tmp_path / "none"))
    assert ran.status == 2 and ran.err.startswith("dnstrace: DNSTRACE_REPLAY: ")


def test_words_are_read_without_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """No file is opened by parsing, whichever the words name; `--resolver system` reads none either."""

    def never(*arguments: Any, **how: Any) -> Any:
        raise AssertionError(arguments)

    parse(["x", "MX", "--resolver", "192.0.2.1"])  # with all modules imported
    monkeypatch.setattr(builtins, "open", never)
    monkeypatch.setattr(Path, "open", never)
    words = (
        "--replay a.json --diff b.json c.json --root-hints d --trust-anchor e -f f --resolver system --save g"
    )
    assert parse(words.split()).said.keys() >= {"replay", "diff", "root-hints", "file", "resolver"}


def test_each_file_is_read_once(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, opened = tmp_path / "plain.json", list[Path]()
    plain.write_text(run("--lab", "in-domain", "--json").out)

    def counted(path: Path) -> bytes:
        opened.append(path)
        return path.read_bytes()

    monkeypatch.setattr(loading, "read", counted)
    assert run("--diff", str(plain), str(saved)).status in (0, 5)
    assert run("--diff", str(saved), "--lab", "in-domain").status in (0, 5)
    assert run("--replay", str(saved)).status in (0, 5)
    assert opened == [plain, saved, saved, saved]


def test_what_was_read(saved: Path, tmp_path: Path) -> None:
    words = parse(["--diff", str(saved), "--replay", str(saved)])
    found = load(words, words)
    assert found.record is not None and len(found.documents) == 1
    assert found.compared is not None and found.compared.settings["dnssec"] is True
    assert found.replayed is not None and found.replayed.settings["nsid"] is True
    nothing = parse(["x"])
    assert load(nothing, nothing) == loading.Loaded(None, (), None, None)
