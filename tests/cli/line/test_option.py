from __future__ import annotations

from dnstrace.cli.line.option import Group, Option


def test_a_flag_has_an_opposite_and_a_value_has_none() -> None:
    assert Option("tcp", Group.ASK, "").opposite == "no-tcp"
    assert Option("no-edns", Group.ASK, "").opposite == "edns"
    assert Option("port", Group.ASK, "", metavar="N").opposite == ""
    assert Option("help", Group.ABOUT, "").opposite == ""


def test_an_option_is_filed_under_its_name_unless_several_set_one_thing() -> None:
    assert Option("tcp", Group.ASK, "").filed == "tcp"
    assert Option("json", Group.PRINT, "", key="output").filed == "output"


def test_what_is_done_instead_of_a_trace_has_no_variable() -> None:
    assert Option("max-queries", Group.ASK, "", metavar="N").variable == "DNSTRACE_MAX_QUERIES"
    assert Option("help", Group.ABOUT, "").variable == ""


def test_letters_come_first() -> None:
    assert Option("ipv4", Group.ASK, "", short="4").typed == ("-4", "--ipv4")
