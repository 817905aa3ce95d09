"""Root hints: the package's own, a user's, and what is wrong with those that are none."""

from __future__ import annotations

import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.model import ROOT, Source
from dnstrace.model.known_name import KnownName
from dnstrace.walk.roots import HintsError, parse_hints, parse_package_hints, read_hints, root_hints


def test_the_package_knows_thirteen_root_servers_on_both_families() -> None:
    hints = root_hints()
    assert hints.zone == ROOT and len(hints.servers) == 13
    assert all({a.family for a in server.addresses} == {4, 6} for server in hints.servers)
    assert {a.source for server in hints.servers for a in server.addresses} == {Source.HINT}


def test_the_quick_reader_of_the_package_gives_what_the_full_one_does() -> None:
    text = (resources.files("dnstrace") / "data" / "root.hints").read_text(encoding="ascii")
    hints = parse_package_hints(text)
    assert hints == parse_hints(text, "the package") == root_hints()
    assert all(isinstance(each.name, KnownName) for each in hints.servers)  # they are compared often


def test_it_takes_each_address_to_its_own_server() -> None:
    lines = [
        ". 6 NS A.test.",
        ". 6 NS b.test.",
        "a.test. 6 A 192.0.2.1",
        "b.test. 6 AAAA 2001:DB8::2",
        "; end",
    ]
    assert parse_package_hints("\n".join(lines)) == parse_hints("\n".join(lines), "here")


def test_the_package_hints_need_no_reader_of_zone_files() -> None:
    program = (
        "import sys, dnstrace.walk.roots as r; r.root_hints(); "
        "print({'dns.zone', 'dns.zonefile'} & set(sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"


MASTER_FILE = """\
$TTL 6w
.           NS   A.Root.Test.
            NS   b.root.test.   ; the owner is omitted: that of the line before
$ORIGIN root.test.
a           A    192.0.2.1
            1d IN AAAA 2001:DB8::1
b   6w      A    192.0.2.2      ; gruß
b           TXT  "not an address; and a semicolon"
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_what_a_master_file_may_have_is_read(newline: str, tmp_path: Path) -> None:
    path = tmp_path / "hints"
    path.write_bytes(MASTER_FILE.replace("\n", newline).encode("utf-8"))
    found = {server.name.to_text(): [a.text for a in server.addresses] for server in read_hints(path).servers}
    assert found == {"a.root.test.": ["192.0.2.1", "2001:db8::1"], "b.root.test.": ["192.0.2.2"]}


def test_a_file_of_many_records_is_read_in_time_that_grows_with_them() -> None:
    servers = "".join(f". NS ns{n}.test.\nns{n}.test. A 10.0.{n // 250}.{n % 250 + 1}\n" for n in range(2000))
    assert len(parse_hints(servers, "many").servers) == 2000


@given(st.text(st.sampled_from('.aN S0:;$()\\"\n\t\0ü@'), max_size=40))
def test_any_text_is_hints_or_one_line_that_says_why_not(text: str) -> None:
    try:
        parse_hints(text, "here")
    except HintsError as error:
        assert "\n" not in str(error)


def test_ttl_and_class_may_be_in_either_order_or_absent() -> None:
    text = ". 5 IN NS A.Root.Test.\na.root.test. IN 5 A 192.0.2.1\na.root.test. AAAA 2001:DB8::1 ; comment\n"
    (server,) = parse_hints(text, "here").servers
    assert [a.text for a in server.addresses] == ["192.0.2.1", "2001:db8::1"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "has no root server"),
        ("a.root.test. A 192.0.2.1\n", "has no root server"),
        (". NS a.root.test.\n", "has no address"),
        (". NS a.root.test.\na.root.test. A 192.0.2\n", "line 2"),
        ("; a comment\n\n. NS a.root.test.\na.root.test. A\n. NS b.root.test.\n", "line 4"),
        ("<html>\n", "line 1"),
        ("$INCLUDE /etc/hostname\n", "line 1.*INCLUDE"),
        ("$GENERATE 1-9 x$ A 192.0.2.$\n", "line 1.*GENERATE"),
        ("$TTL soon\n", "line 1"),
        ("a.root.test. CNAME b\na.root.test. A 192.0.2.1\n", "line 2"),
        (". NS " + "x" * 70 + ".\n", "line 1"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(text: str, says: str) -> None:
    with pytest.raises(HintsError, match=says) as caught:
        parse_hints(text, "hints")
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(HintsError, match="cannot read"):
        read_hints(tmp_path / "none")
    with pytest.raises(HintsError, match="cannot read"):
        read_hints(tmp_path)
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(HintsError, match="not UTF-8"):
        read_hints(tmp_path / "binary")
