"""The lines of a file of names: what each asks for, which are wrong, and reading them as they come."""

from __future__ import annotations

import asyncio
import io
import itertools
from collections.abc import Iterator
from random import Random

import dns.rdatatype

from dnstrace.cli.many.names import AsTheyCome, questions
from dnstrace.model import Question
from tests.replies import name


def read(octets: bytes) -> tuple[list[str], dict[int, str]]:
    """The questions and the wrong lines of a file."""
    wrong: dict[int, str] = {}
    found = list(questions(io.BytesIO(octets), (), wrong.__setitem__, wrong.__setitem__))
    assert all(isinstance(each, Question) for each in found)
    return [str(each) for each in found], wrong


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
    found = questions(file, (dns.rdatatype.MX,), dict[int, str]().__setitem__, dict[int, str]().__setitem__)
    assert [each.rdtype.name for each in found] == ["MX", "TXT", "MX"]


class Ends(io.BytesIO):
    """A file that cannot be read to its end."""

    def readline(self, size: int | None = -1, /) -> bytes:
        if line := super().readline(size):
            return line
        raise OSError(5, "Input/output error")


def test_a_file_that_cannot_be_read_on_ends_there() -> None:
    wrong, unreadable = dict[int, str](), dict[int, str]()
    found = questions(Ends(b"a.example\nb..example\n"), (), wrong.__setitem__, unreadable.__setitem__)
    assert [str(each) for each in found] == ["a.example. A"]
    assert list(wrong) == [2] and unreadable == {3: "Input/output error"}


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
