"""/etc/resolv.conf: read as the C library reads it, and no line of it is a reason to give up."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dnstrace.cli.line.addresses import endpoint
from dnstrace.cli.line.resolvconf import nameservers

ODD = b"""\
nameserver 192.0.2.53
nameserver\t2001:db8::53 # near
nameserver localhost
nameserver 1.2.3
nameserver 198.018.000.053
nameserver [198.18.0.53]:53
 nameserver 192.0.2.9
nameserver
# nameserver 192.0.2.8
search x
nameserver fe80::1%no-such-link
nameserverx 1""".split(b"\n")
LINES = st.one_of(st.binary(max_size=40), st.sampled_from(ODD))


def read(tmp_path: Path, octets: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    path = tmp_path / "resolv.conf"
    path.write_bytes(octets)
    found, remarks = nameservers(str(path))
    return found, tuple(each.removeprefix(f"{path}, ") for each in remarks)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"nameserver localhost", "'localhost' is not an address"),
        (b"nameserver 1.2.3", "'1.2.3' is not an address"),
        (b"nameserver 198.018.000.053", "must be an IPv4 or IPv6 address, not '198.018.000.053'"),
        (b"nameserver [198.18.0.53]:53", "must be an IPv4 or IPv6 address, not '[198.18.0.53]:53'"),
        (b"nameserver", "'' is not an address"),
        (b"nameserver 192.0.2.1\r", "'192.0.2.1\\x0d' is not an address"),
        (b"nameserver fe80::1%no-such-link", "this machine has no network interface 'no-such-link'"),
        (b"  nameserver 192.0.2.1", "nameserver must be at the beginning of the line"),
    ],
)
def test_a_line_that_the_library_does_not_understand_is_skipped(
    tmp_path: Path, line: bytes, why: str
) -> None:
    found, remarks = read(tmp_path, b"search test\n" + line + b"\nnameserver 192.0.2.53\n")
    assert found == ("192.0.2.53",) and remarks == (f"line 2 is skipped: {why}",)


def test_what_is_no_utf_8_in_a_comment_is_no_reason_to_say_anything(tmp_path: Path) -> None:
    octets = b"# caf\xe9\nnameserver 192.0.2.53 # caf\xe9\n; \xff\xfe\n"
    octets += b"nameserver\t2001:DB8::53\nnameserver fe80::1%1"
    assert read(tmp_path, octets) == (("192.0.2.53", "2001:db8::53", "fe80::1%1"), ())


def test_the_first_three_count(tmp_path: Path) -> None:
    found, remarks = read(tmp_path, b"".join(b"nameserver 192.0.2.%d\n" % number for number in range(1, 6)))
    assert found == ("192.0.2.1", "192.0.2.2", "192.0.2.3") and len(remarks) == 2
    assert remarks[0] == "line 4 is skipped: only the first 3 name servers count"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(LINES, max_size=8))
def test_whatever_is_in_it_addresses_come_out_of_it(tmp_path: Path, lines: list[bytes]) -> None:
    found, remarks = read(tmp_path, b"\n".join(lines))
    assert len(found) <= 3 and [endpoint(each) for each in found] == list(found)
    assert all(each.isprintable() for each in remarks)
