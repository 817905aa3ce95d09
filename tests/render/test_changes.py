"""The changes between two traces, drawn by zone."""

from __future__ import annotations

from dnstrace.analysis.differences import Difference
from dnstrace.render.changes import changes
from tests.render.looks import look

QUESTION = "www.example.com. A"
NS = Difference("ns", "example.com.", None, None, "ns3.example.com.", "example.com: name server ns3 added")
OLD_DS = Difference("ds", "example.com.", None, "1 8 2 AA", None, "example.com: DS record removed")
OUTCOME = Difference("outcome", None, "www.example.com.", "answer", "failed", "the outcome changed")


def drawn(*found: Difference, ascii_only: bool = False) -> str:
    return look(changes(found, QUESTION, "10:00", "11:00", ascii_only=ascii_only), 80)


def test_changes_are_grouped_by_zone_and_the_heading_is_not_repeated() -> None:
    assert drawn(OUTCOME, NS, OLD_DS) == (
        "www.example.com. A   10:00 to 11:00\n"
        "\n"
        "www.example.com. A\n"
        "    ~ the outcome changed\n"
        "\n"
        "example.com.\n"
        "    + name server ns3 added\n"
        "    - DS record removed\n"
        "\n"
        "3 changes\n"
    )


def test_one_change_is_not_called_changes_and_none_is_said_to_be_none() -> None:
    assert drawn(NS).endswith("\n1 change\n")
    assert drawn() == "www.example.com. A   10:00 to 11:00\n\nnothing has changed\n"


def test_text_from_a_file_is_escaped() -> None:
    hostile = Difference("answer", None, None, None, "x", "now has \x1b[2J")
    assert "now has \\027[2J" in drawn(hostile) and "\x1b" not in drawn(hostile, ascii_only=True)


def test_what_is_worse_is_red_and_what_is_found_no_more_is_green() -> None:
    new = Difference("finding", "example.com.", None, None, "x", "now found: x", worse=True)
    warned = Difference("finding", "example.com.", None, None, "y", "now found: y")
    gone = Difference("finding", "example.com.", None, "z", None, "no longer found: z")
    lines = look(changes((new, warned, gone), QUESTION, "1", "2"), 80, color=True).splitlines()
    red, green = "\x1b[31m", "\x1b[32m"
    assert any(f"{red}+ " in line and f"{red}now found: x" in line for line in lines)
    assert not any(red in line or green in line for line in lines if "now found: y" in line)
    assert any(f"{green}- " in line for line in lines if "no longer found: z" in line)
