"""Worlds of the lab for tests of your own programs: real name servers on the loopback interface.

    with served("lame") as lab:
        host, port = lab.place("ns2.example.com")
        dns.query.udp(query, host, port=port)

With pytest, a line in conftest.py makes `dnstrace_lab` a fixture; what it serves ends with the test:

    pytest_plugins = ["dnstrace.testing"]

    def test_refusal(dnstrace_lab):
        lab = dnstrace_lab("refuses")

A world is one of `dnstrace --lab list`, or a file as `dnstrace --lab new` prints it. Its misbehaviours
(silence, delay, truncation and so on) are those of the lab; round trips take no time unless `rtt` says so. To
trace in a world without sockets, use `dnstrace.trace(..., lab="lame")`.

Nothing is imported here until a world is served, and pytest never: the fixture is there if pytest is.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from os import PathLike

    from dnstrace.lab.world import World

__all__ = ["Served", "served", "world"]


class Served(NamedTuple):
    """A world that is served: `places` has an address and port of this machine for each of its addresses."""

    world: World
    places: Mapping[str, tuple[str, int]]

    def place(self, server: str) -> tuple[str, int]:
        """Where a server is served, given by its name or by one of its addresses. Raises LookupError."""
        if server in self.places:
            return self.places[server]
        wanted = server.rstrip(".").lower()
        for each in self.world.servers:
            if each.name.to_text(omit_final_dot=True).lower() == wanted:
                return self.places[next(iter(each.rtt))]
        raise LookupError(f"world {self.world.name} has no server {server!r}")

    @property
    def trust_anchor(self) -> str:
        """The trust anchor in master-file form, DS records of the root; empty if that is not signed."""
        return self.world.anchors_text


def world(lab: str | PathLike[str] = "textbook") -> World:
    """A world by its name or from its file. Raises ValueError if there is none, or if it is wrong."""
    from dnstrace.lab.own import given

    return given(lab)


@contextmanager
def served(
    lab: str | PathLike[str] | World = "textbook", *, rtt: float | None = 0.0, dnssec: bool = True
) -> Iterator[Served]:
    """Serve a world until the context ends, in a thread of its own, at a port that is free.

    `rtt` is the round-trip time of every server in seconds, None for those of the world. With `dnssec` the
    zones are signed that the world says to sign, with signatures valid now. Raises ValueError for a world,
    and OSError where this machine has no loopback interface to serve it on.
    """
    from dnstrace.lab.hosting import at_present, on_free_ports
    from dnstrace.lab.own import given

    found = at_present(given(lab))
    with on_free_ports(found, rtt, dnssec) as places:
        yield Served(found, places)


if "pytest" in sys.modules:  # where this is loaded as a plugin; never imported for its own sake
    import pytest

    @pytest.fixture
    def dnstrace_lab() -> Iterator[Callable[..., Served]]:
        """Serve worlds until the test ends: a function with the arguments of `dnstrace.testing.served`."""
        with ExitStack() as stack:
            yield lambda *lab, **how: stack.enter_context(served(*lab, **how))
