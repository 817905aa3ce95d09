from __future__ import annotations

from dnstrace import Settings, Trace, trace
from dnstrace.analysis.hints import outdated_hints
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.walk.roots import parse_hints
from tests.replies import name

B_OLD = "170.247.170.2"


CHECKED = Settings(all_servers=True, probe=True)


def primed(world: str, hints: str | None = None, how: Settings = CHECKED) -> Trace:
    """A trace of a world from these hints, in which the root servers are asked for their list."""
    return trace(
        "www.example.com.",
        settings=how,
        network=LabNetwork(load(world)),
        roots=None if hints is None else parse_hints(hints, "hints"),
        seed=1,
    )


def test_hints_that_agree_are_not_outdated() -> None:
    assert outdated_hints(primed("in-domain").steps) == ()


def test_an_old_address_is_outdated_and_the_new_one_is_named() -> None:
    (hint,) = outdated_hints(primed("old-hints").steps)
    assert hint.server == name("b.root-servers.net.") and hint.addresses == (B_OLD,)
    assert [str(rrset) for rrset in hint.now] == ["b.root-servers.net. 518400 IN A 198.51.100.202"]


def test_it_is_shown_by_the_reply_and_by_the_step_that_asked_the_old_address() -> None:
    found = primed("old-hints")
    (hint,) = outdated_hints(found.steps)
    purposes = {found.steps[number - 1].purpose.value for number in hint.steps}
    assert purposes == {"walk", "prime"}


def test_priming_before_the_walk_shows_it_too() -> None:
    (hint,) = outdated_hints(primed("old-hints", how=Settings(prime=True)).steps)
    assert hint.addresses == (B_OLD,)


def test_without_asking_the_root_servers_nothing_is_known() -> None:
    assert outdated_hints(primed("old-hints", how=Settings(all_servers=True)).steps) == ()


def test_few_hints_are_enough() -> None:
    some = ". NS d.root-servers.net.\nd.root-servers.net. A 199.7.91.13\n"
    assert outdated_hints(primed("in-domain", some).steps) == ()


def test_a_server_that_the_root_no_longer_lists_is_outdated() -> None:
    some = (
        ". NS d.root-servers.net.\n. NS gone.root-servers.net.\n"
        "d.root-servers.net. A 199.7.91.13\ngone.root-servers.net. A 192.0.2.99\n"
    )
    (hint,) = outdated_hints(primed("in-domain", some).steps)
    assert (hint.server, hint.addresses, hint.now) == (name("gone.root-servers.net."), ("192.0.2.99",), ())
