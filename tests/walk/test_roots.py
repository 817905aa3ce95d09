"""Root hints: the package's own, a user's, and what is wrong with those that are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from dnstrace.model import ROOT, Source
from dnstrace.walk.roots import HintsError, parse_hints, read_hints, root_hints


def test_the_package_knows_thirteen_root_servers_on_both_families() -> None:
    hints = root_hints()
    assert hints.zone == ROOT and len(hints.servers) == 13
    assert all({a.family for a in server.addresses} == {4, 6} for server in hints.servers)
    assert {a.source for server in hints.servers for a in server.addresses} == {Source.HINT}


def test_ttl_and_class_may_be_in_either_order_or_absent() -> None:
    text = ". 5 IN NS A.Root.Test.\na.root.test. IN 5 A 192.0.2.1\na.root.test. AAAA 2001:DB8::1 ; comment\n"
    (server,) = parse_hints(text, "here").servers
    assert [a.text for a in server.addresses] == ["192.0.2.1", "2001:db8::1"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "names no root server"),
        ("a.root.test. A 192.0.2.1\n", "names no root server"),
        (". NS a.root.test.\n", "has no address"),
        (". NS a.root.test.\na.root.test. A 192.0.2\n", "line 2"),
        ("<html>\n", "line 1"),
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
    with pytest.raises(HintsError, match="not ASCII"):
        read_hints(tmp_path / "binary")
