"""What the short form says on stderr: the verdict, and each error and warning that it does not name."""

from __future__ import annotations

import pytest

from tests.cli.running import run

GLUE = [
    "com has no address (glue) for ns3.example.com, a name server inside example.com; fix this at the"
    " registrar of example.com (1 of 5 name servers; shown by www.example.com A at 192.5.6.30);"
    " found: 3 warnings, 2 notices",
    "warning glue-differs: com has 203.0.113.55 as the glue for ns5.example.com, but its own zone has"
    " 203.0.113.56",
    "warning glue-only-in-parent: ns4.example.com has the address 203.0.113.54 in com, but none in its own"
    " zone",
]


def test_a_check_says_the_verdict_and_each_error_and_warning_but_no_notice() -> None:
    ran = run("--lab", "glue", "--check", "--short")
    assert (ran.status, ran.out) == (0, "192.0.2.44\n")
    assert ran.err.splitlines() == [f"dnstrace: www.example.com. A: {line}" for line in GLUE]


def test_what_the_verdict_names_as_the_cause_is_not_said_twice() -> None:
    ran = run("--lab", "parent-child-differ", "--check", "--short")
    assert ran.err.count("com has 192.0.2.53 as the glue for ns1.example.com") == 1
    assert [line.split(": ")[2] for line in ran.err.splitlines()][1:] == ["warning ns-differs"]


@pytest.mark.parametrize("world", ["all-refuse", "dnssec-expired", "missing-glue"])
def test_without_a_check_the_verdict_says_why_there_is_no_answer(world: str) -> None:
    (said,) = run("--lab", world, "--short").err.splitlines()
    assert said.startswith("dnstrace: www.example.com. A: ") and "no answer: " in said
    assert said.endswith(")") and "(" in said


@pytest.mark.parametrize("options", [[], ["--check"]])
def test_where_all_is_well_nothing_is_said(options: list[str]) -> None:
    assert run("--lab", "--short", *options).err == ""
    assert run("--lab", "nodata", "--short", *options).err == ""


def test_what_resolvers_lack_is_summed_up() -> None:
    *each, last = run("--lab", "resolver-public", "--short").err.splitlines()
    assert len(each) == 4 and "3 of 5 resolvers give no answer (2 validation, 1 outage); 1 holds" in last
    assert len(run("--lab", "resolver-split", "--short").err.splitlines()) == 1


@pytest.mark.parametrize(
    ("server", "how"), [("192.0.2.153", "offers recursion (RA)"), ("198.51.100.154", "refuses the query")]
)
@pytest.mark.parametrize("form", ["--short", "--json", "-v"])
def test_who_starts_at_a_resolver_is_shown_how_to_ask_one(server: str, how: str, form: str) -> None:
    world = "resolver-same" if "RA" in how else "resolver-servfail"
    said = run("--lab", world, "www.example.com", f"@{server}", form).err.splitlines()[-1]
    assert said.startswith(f"dnstrace: {server} {how}") and f"type --resolver {server} in its place" in said


@pytest.mark.parametrize("server", ["192.5.6.30", "198.41.0.4", "192.0.2.250"])
def test_who_starts_at_a_name_server_is_shown_nothing(server: str) -> None:
    assert "--resolver" not in run("--lab", "in-domain", "www.example.com", f"@{server}").err


@pytest.mark.parametrize(("world", "why"), [("http-refused", "connection refused"), ("http-wrong-name", "")])
def test_a_page_that_is_not_there_is_a_failure_with_a_reason(world: str, why: str) -> None:
    ran = run("--lab", world, "--http", "--short")
    assert (ran.status == 5) is ("no address served http" in ran.err) and why in ran.err
    assert ran.status != 5 or "192.0.2." in ran.err


def test_an_address_that_does_not_serve_the_page_is_named_though_another_does() -> None:
    ran = run("--lab", "http-one-family", "--http", "--short")
    assert ran.status == 0 and ran.err == (
        "dnstrace: www.example.com. A: 1 of 2 addresses did not serve http://www.example.com/:"
        " 2001:db8::44: no answer within 10 s\n"
    )
    assert not run("--lab", "textbook", "--http", "--short").err


def test_a_server_that_is_taken_as_dead_is_not_said_to_be_unasked() -> None:
    said = run("--lab", "refuses", "--drop", "ns1.example.com", "--check").out
    assert said.count("  taken as dead\n") == 2 and "not asked" not in said and "timeout\n" not in said


def test_a_name_server_that_is_asked_as_a_resolver_is_told_from_one() -> None:
    for world, address in (("textbook", "205.251.200.0"), ("refuses", "192.0.2.53")):
        ran = run("--lab", world, "--resolver", address, "-a")
        hint = f"dnstrace: {address} offers no recursion: it is a name server of a zone, not a resolver;"
        assert ran.err.startswith(hint) and f"type @{address} " in ran.err
    assert "offers no recursion" not in run("--lab", "resolver-stale").err


@pytest.mark.parametrize("options", [(), ("-a",), ("--check",), ("--explain-steps",), ("--dot",)])
def test_the_server_to_start_from_is_not_called_the_root(options: tuple[str, ...]) -> None:
    for world, address, status in (("textbook", "205.251.200.0", 0), ("all-refuse", "192.0.2.53", 3)):
        ran = run("--lab", world, f"@{address}", *options, "--no-dnssec")
        assert ran.status == status and f"{address}" in ran.out and f". {address}" not in ran.out
        assert "root server" not in ran.out.replace("and not at a root server", "")
        assert not any(each in ran.out for each in ("the root", "unexplained", " at .\n", "operator"))
    ran = run("--lab", "@205.251.200.0", "--check")
    assert (ran.status, "unexplained" in ran.out) == (0, False)
    assert "nothing wrong, but only the server given was asked" in " ".join(ran.out.split())


def test_what_dropping_a_server_changed_is_said_or_that_it_changed_nothing() -> None:
    for seed in range(4):
        ran = run("--lab", "in-domain", "--drop", "ns1.example.com", "--seed", str(seed))
        lost = "as if ns1.example.com (192.0.2.53) were dead (--drop): 1 query lost\n"
        other = lost.replace("192.0.2.53", "2001:db8:1::53")
        asked = "1.example.com. 192.0.2.53\n" in ran.out or "1.example.com. 2001:db8:1::53\n" in ran.out
        assert asked is (lost in ran.out or other in ran.out) is not ("--drop changed nothing" in ran.err)
        assert asked is ("no longer needed: taken as dead (--drop)" in ran.out)
