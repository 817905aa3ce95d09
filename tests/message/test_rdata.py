"""The bound on the work that names can cause, and of what kind they are."""

from __future__ import annotations

import dns.name
import pytest

from dnstrace.message.rdata import Parser, work_allowed
from dnstrace.model.known_name import KnownName


@pytest.mark.parametrize("octets", [0, 512, 1232, 65_535])
def test_more_octets_allow_more_work_up_to_a_bound(octets: int) -> None:
    assert work_allowed(octets) <= work_allowed(octets + 1) <= 2_000_000


def test_names_are_compared_by_what_was_worked_out_once() -> None:
    """Whatever record they are in: rules compare those of NSEC, NS and SOA records most often."""
    parser = Parser(b"\3WWW\1a\0\3WWW\1a\0")
    one, other = parser.get_name(), parser.get_name()
    assert one is other and isinstance(one, KnownName) and one == dns.name.from_text("www.A.")
