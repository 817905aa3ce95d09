"""The servers of a zone in a table, and the table of cache lifetimes."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from dnstrace import Trace
from dnstrace.api import report
from dnstrace.lab.world import load
from dnstrace.render.layout import ASCII, UNICODE
from dnstrace.render.reconciled import folded_tables, tables
from dnstrace.render.tree import tree
from tests.checks.checking import checked, made_of


def drawn(trace: Trace) -> list[str]:
    """The blocks of the tree."""
    console = Console(file=StringIO(), width=80, color_system=None)
    console.print(tree(report(trace), verbose=True), crop=False)
    return console.file.getvalue().split("\n\n")  # type: ignore[attr-defined, no-any-return]


def table(world: str, width: int = 80, ascii_only: bool = False, verbose: bool = True) -> str:
    """The table of servers alone: the whole tree of some of these worlds has thousands of lines."""
    found = (tables if verbose else folded_tables)(report(checked(load(world))))[0]
    return "\n".join(row.plain for row in found.lines(width, ASCII if ascii_only else UNICODE))


def test_the_textbooks_servers_all_agree() -> None:
    assert (
        table("textbook")
        == """\
example.com. by server     parent  zone  serial  RTT    answer
 ns-2048.awsdns-64.com.    NS      NS
  205.251.200.0                    A     1       8 ms   192.0.2.44
  2600:9000:5308::1                AAAA  1       8 ms   192.0.2.44
 ns-2049.awsdns-65.net.    NS      NS
  205.251.200.1                    A     1       10 ms  192.0.2.44
  2600:9000:5309:100::1            AAAA  1       10 ms  192.0.2.44
 ns-2050.awsdns-66.org.    NS      NS
  205.251.200.2                    A     1       13 ms  192.0.2.44
  2600:9000:530a:200::1            AAAA  1       13 ms  192.0.2.44
 ns-2051.awsdns-67.co.uk.  NS      NS
  205.251.200.3                    A     1       9 ms   192.0.2.44
  2600:9000:530b:300::1            AAAA  1       9 ms   192.0.2.44"""
    )


def test_folded_servers_with_which_all_is_well_share_a_row() -> None:
    assert table("textbook", verbose=False) == (
        "example.com. by server   parent  zone  serial  RTT         answer\n"
        " 4 servers, 8 addresses  NS      NS    1       8 to 13 ms  192.0.2.44"
    )
    assert (
        table("lame", verbose=False)
        == """\
example.com. by server          parent  zone  serial      RTT    answer
 ns1.example.com.               NS      NS
  192.0.2.53                    glue    A                 15 ms  empty reply
  2001:db8:1::53                glue    AAAA              15 ms  empty reply
 ns2.example.com., 2 addresses  NS      NS    2026011501  24 ms  192.0.2.44"""
    )


@pytest.mark.parametrize("world", ["parent-child-differ", "answers-differ", "soa-stale", "no-aa", "silent"])
def test_folded_a_server_with_which_something_is_amiss_has_its_rows(world: str) -> None:
    whole, folded = table(world, 140).splitlines(), table(world, 140, verbose=False).splitlines()
    amiss = {"no", "refused", "timeout", "192.0.2.66", "2026011400"}
    odd = [" ".join(line.split()) for line in whole if amiss & set(line.replace(",", " , ").split())]
    assert odd and set(odd) <= {" ".join(line.split()) for line in folded}


def test_where_parent_and_zone_differ_it_says_no() -> None:
    assert (
        table("parent-child-differ")
        == """\
example.com. by server  parent  zone  serial      RTT    answer
 ns1.example.com.       NS      NS
  192.0.2.53            glue    no                15 ms  refused
  203.0.113.53          no      A     2026011501  15 ms  only probed
 ns2.example.com.       NS      NS
  198.51.100.53         glue    A     2026011501  24 ms  192.0.2.44
 ns3.example.com.       no      NS
  203.0.113.54          no      A     2026011501  18 ms  only probed"""
    )


def test_in_little_room_each_row_is_a_line_that_says_what_is_what() -> None:
    assert (
        table("parent-child-differ", 60, ascii_only=True)
        == """\
example.com. by server
 ns1.example.com. - parent NS - zone NS
  192.0.2.53 - parent glue - zone no - RTT 15 ms
    - answer refused
  203.0.113.53 - parent no - zone A - serial 2026011501
    - RTT 15 ms - answer only probed
 ns2.example.com. - parent NS - zone NS
  198.51.100.53 - parent glue - zone A - serial 2026011501
    - RTT 24 ms - answer 192.0.2.44
 ns3.example.com. - parent no - zone NS
  203.0.113.54 - parent no - zone A - serial 2026011501
    - RTT 18 ms - answer only probed"""
    )


@pytest.mark.parametrize(
    ("world", "row"),
    [
        ("soa-stale", "  198.51.100.53         glue    A     2026011400  24 ms  192.0.2.44"),
        ("silent", "  192.0.2.53            glue    A                        timeout"),
        ("alias-dangling", "  192.0.2.53            glue    A     2026011501  15 ms  NXDOMAIN"),
        ("no-aa", "  192.0.2.53            glue    A     2026011501  15 ms  192.0.2.44, no AA"),
        ("ns-names", " gone.example.net.      NS      NS                       no known address"),
    ],
)
def test_each_is_told_as_it_answers(world: str, row: str) -> None:
    assert row in table(world).splitlines()


@pytest.mark.parametrize("width", [40, 60, 80])
@pytest.mark.parametrize("world", ["textbook", "ns-names", "glue"])
def test_no_line_is_wider_than_the_terminal(world: str, width: int) -> None:
    assert max(map(len, table(world, width).splitlines())) <= width


def test_lives_are_shown_as_clock_times() -> None:
    blocks = drawn(checked(load("dnssec-altered-ttl")))
    assert blocks[-1].splitlines()[-1] == "an answer cached now lives until 14:05:00 UTC"
    assert (
        next(block for block in blocks if "if cached now" in block)
        == """\
if cached now                     TTL  expires
  example.com. the parent's NS    2d   2026-01-17 14:00:00 UTC
  example.com. DS                 2d   2026-01-17 14:00:00 UTC
  ns1.example.com. glue           2d   2026-01-17 14:00:00 UTC
  example.com. the zone's own NS  1d   2026-01-16 14:00:00 UTC
  www.example.com. A              5m   14:05:00 UTC"""
    )


def test_of_thousands_of_addresses_that_were_not_asked_a_few_are_listed() -> None:
    listed = [row[0].plain for row in tables(report(checked(load("huge"))))[0].rows]
    assert sum(each.startswith("  198.18.") for each in listed) == 20  # ten of each server
    assert sum(each.startswith("  ... and 4,083 more") for each in listed) == 2


def test_an_address_with_a_serial_is_not_said_to_be_unasked() -> None:
    rows = [line for line in table("glue", 140).splitlines() if "2026011501" in line]
    assert rows and not any("not asked" in row for row in rows) and any("only probed" in row for row in rows)


def test_answers_that_begin_alike_are_not_taken_for_the_same() -> None:
    """Long ones are cut in the table: what is cut off counts too."""
    hosts = "ns1 A 192.0.2.53\nns1 AAAA 2001:db8:1::53\nns2 A 198.51.100.53\nns2 AAAA 2001:db8:2::53\n"
    text = f"@ 900 SOA ns1 h 2026011501 7200 900 1209600 300\n@ NS ns1\n@ NS ns2\n{hosts}"
    zones = {
        "example.com.": {"add": f'@ TXT "{"a" * 100} -all"\n'},
        "example.com. other": {"servers": ["ns2.example.com."], "text": f'{text}@ TXT "{"a" * 100} ~all"\n'},
    }
    found = checked(made_of("in-domain", question="example.com. TXT", zones=zones))
    (shown,) = folded_tables(report(found))
    lines = [line.plain for line in shown.lines(200, UNICODE)]
    assert any(line.endswith(' -all"') for line in lines) and any(line.endswith(' ~all"') for line in lines)
