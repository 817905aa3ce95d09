"""The lines of a file of names: what each asks for, which are wrong, and reading them as they come."""

from __future__ import annotations

import asyncio
import io
import itertools
from collections.abc import Iterator
from random import Random

import dns.rdatatype
import pytest

from dnstrace.analysis.expectations import parse
from dnstrace.cli.many.names import AsTheyCome, beginning, questions
from dnstrace.model import Question
from dnstrace.model.expectations import Expecting
from tests.replies import name


class Told:
    """What is told about lines, by number."""

    def __init__(self) -> None:
        self.lines, self.remarks, self.ends = dict[int, str](), dict[int, str](), dict[int, str]()
        self.wrong, self.peculiar = self.lines.__setitem__, self.remarks.__setitem__
        self.unreadable = self.ends.__setitem__
        self.asked: list[tuple[int, str]] = []

    def read(self, number: int, question: object) -> None:
        self.asked.append((number, str(question)))


def read(octets: bytes) -> tuple[list[str], dict[int, str]]:
    """The questions and the wrong lines of a file."""
    told = Told()
    found = list(questions(io.BytesIO(octets), (), told))
    assert all(isinstance(each, Question) for each in found)
    return [str(each) for each in found], told.lines


def test_lines() -> None:
    assert read(
        b"\xef\xbb\xbfwww.example.com\r\n\n  # a remark\nexample.com SOA MX ; and another\n192.0.2.1\n"
        b"https://www.example.net/x AAAA\nB\xc3\xbccher.example\n"
        b"a\\;b\\#c.example TXT # a name with both\n"
    ) == (
        [
            "www.example.com. A",
            "example.com. SOA",
            "example.com. MX",
            "1.2.0.192.in-addr.arpa. PTR",
            "www.example.net. AAAA",
            "xn--bcher-kva.example. A",
            r"a\;b#c.example. TXT",
        ],
        {},
    )


def test_an_escaped_blank_is_part_of_a_name() -> None:
    assert read(b"sp\\ ace.example MX\n\\ .example\n") == (
        [r"sp\032ace.example. MX", r"\032.example. A"],
        {},
    )


def test_wrong_lines_are_told_by_number_and_cost_nothing_else() -> None:
    found, wrong = read(
        b"good.example\nbad..name\n\xff\xfe\nnul\0.example\n"
        + b"x" * 1_000_000
        + b"\nwww.example FOO\nlast.example"
    )
    assert found == ["good.example. A", "last.example. A"]
    assert sorted(wrong) == [2, 3, 4, 5, 6]
    assert (
        wrong[3] == "is not UTF-8"
        and wrong[5] == "longer than 4096 octets"
        and "is not a record type" in wrong[6]
    )


def test_a_hundred_thousand_lines_a_fifth_of_them_garbage() -> None:
    random, lines, good = Random(1), [], 0
    garbage = (b"a..b", b"\xff", b"x\0y", b"y" * 70 + b".example", b"n FOO", b"-" * 5000)
    for number in range(100_000):
        if random.random() < 0.2:
            lines.append(random.choice(garbage))
        else:
            lines.append(b"n%d.example" % number)
            good += 1
    found, wrong = read(b"\r\n".join(lines))
    assert len(found) == len(set(found)) == good and len(wrong) == 100_000 - good


def test_the_types_of_a_line_beat_those_of_the_command_line() -> None:
    file = io.BytesIO(b"a.example\nb.example TXT\n192.0.2.1\n")
    found = questions(file, (dns.rdatatype.MX,), Told())
    assert [each.rdtype.name for each in found] == ["MX", "TXT", "MX"]


class Ends(io.BytesIO):
    """A file that cannot be read to its end."""

    def readline(self, size: int | None = -1, /) -> bytes:
        if line := super().readline(size):
            return line
        raise OSError(5, "Input/output error")


def test_a_file_that_cannot_be_read_on_ends_there() -> None:
    told = Told()
    found = questions(Ends(b"a.example\nb..example\n"), (), told)
    assert [str(each) for each in found] == ["a.example. A"]
    assert list(told.lines) == [2] and told.ends == {3: "Input/output error"}


def expected_of(line: str, *always: str) -> list[tuple[str, list[str]]]:
    """The questions of a line, each with what is expected of it."""
    told = Told()
    every = tuple(each for text in always for each in parse(text))
    found = [*questions(io.BytesIO(line.encode()), (), told, every)]
    assert not told.lines, told.lines
    return [
        (str(each), [one.text for one in each.expected] if isinstance(each, Expecting) else [])
        for each in found
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("www.example.com A a=192.0.2.44", [("www.example.com. A", ["a=192.0.2.44"])]),
        ("www.example.com a=192.0.2.44 ttl>=60", [("www.example.com. A", ["a=192.0.2.44", "ttl>=60"])]),
        ("x.example A AAAA a=192.0.2.1", [("x.example. A", ["a=192.0.2.1"]), ("x.example. AAAA", [])]),
        ("x.example MX mx=10 m.x.example. # y=1", [("x.example. MX", ["mx=10 m.x.example."])]),
        ('x.example TXT txt="a; b # c" ; z', [("x.example. TXT", ['txt="a; b # c"'])]),
        ("x.example outcome=nxdomain", [("x.example. A", ["outcome=nxdomain"])]),
        (r"a\=b.example", [("a=b.example. A", [])]),
        ("x.example # a=192.0.2.44", [("x.example. A", [])]),
    ],
)
def test_what_is_expected_of_a_name_stands_after_it(line: str, expected: list[tuple[str, list[str]]]) -> None:
    assert expected_of(line) == expected


def test_what_is_expected_of_every_name_is_added() -> None:
    found = expected_of("x.example MX A a=192.0.2.1", "outcome=answer", "mx=10 m.example.")
    assert found == [
        ("x.example. MX", ["outcome=answer", "mx=10 m.example."]),
        ("x.example. A", ["a=192.0.2.1", "outcome=answer"]),
    ]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("x.example MX a=192.0.2.1", "no A record is asked for; add the type A"),
        ("x.example a=no-address", "is not valid A data"),
        ("x.example A colour=red", "unknown word"),
        ("x.example A ttl>5", "operators"),
    ],
)
def test_an_expectation_that_is_wrong_makes_its_line_wrong(line: str, why: str) -> None:
    found, wrong = read(f"good.example\n{line}\n".encode())
    assert found == ["good.example. A"] and list(wrong) == [2] and why in wrong[2]


def test_a_name_that_only_browsers_take_is_traced_with_a_remark() -> None:
    told = Told()
    found = [*questions(io.BytesIO("ü.example\n💩.example A MX\n".encode()), (), told)]
    assert [str(each) for each in found] == [
        "xn--tda.example. A",
        "xn--ls8h.example. A",
        "xn--ls8h.example. MX",
    ]
    assert [number for number, _ in told.asked] == [1, 2, 2]
    assert not told.lines and list(told.remarks) == [2] and "xn--ls8h.example" in told.remarks[2]


def endless() -> Iterator[Question]:
    for number in itertools.count():
        yield Question(name(f"x{number}.example."), dns.rdatatype.A)


def test_questions_come_in_order_to_a_loop_that_goes_on() -> None:
    async def run() -> list[str]:
        return [str(each.name) async for each in AsTheyCome(itertools.islice(endless(), 3000))]

    assert asyncio.run(run()) == [f"x{number}.example." for number in range(3000)]


def test_nothing_comes_once_it_was_stopped() -> None:
    async def run() -> int:
        coming, count = AsTheyCome(endless()), 0
        async for _ in coming:
            count += 1
            if count == 10:
                coming.stop()
        return count

    assert 10 <= asyncio.run(run()) < 3000


def test_the_beginning_of_a_file_is_read_without_what_is_wrong_in_it() -> None:
    octets = b"\xef\xbb\xbfwww.example.com\n\n# a remark\na..b\n\xff\nexample.com MX TXT\nwww.exa"
    asked = [f"{each.name} {each.rdtype.name}" for each in beginning(octets, ())]
    assert asked == ["www.example.com. A", "example.com. MX", "example.com. TXT", "www.exa. A"]
    assert [each.rdtype.name for each in beginning(b"example.com\n", (dns.rdatatype.MX,))] == ["MX"]
