"""What errors of the system mean for an exchange, and octets that are no DNS message."""

from __future__ import annotations

import errno

import pytest

from dnstrace.model import Fault
from dnstrace.network.faults import FAULTS, read


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        (errno.ECONNREFUSED, Fault.PORT_UNREACHABLE),
        (errno.EHOSTUNREACH, Fault.HOST_UNREACHABLE),
        (errno.EPERM, Fault.NETWORK_UNREACHABLE),
        (errno.ECONNRESET, Fault.CONNECTION_LOST),
    ],
)
def test_what_an_error_means(number: int, fault: Fault) -> None:
    assert FAULTS[number] is fault


def test_octets_that_cannot_be_read_are_a_fault() -> None:
    assert read(b"no message") == (None, Fault.MALFORMED)
