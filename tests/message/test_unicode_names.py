"""Names in Unicode: what IDNA 2008 refuses and browsers take, and what nobody takes."""

from __future__ import annotations

import dns.name
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.cli.line import names
from dnstrace.cli.usage import Usage
from dnstrace.message.unicode_names import from_unicode
from tests.cli.running import run


@pytest.mark.parametrize(
    ("text", "name", "valid"),
    [
        ("bücher.example", "xn--bcher-kva.example.", True),
        ("faß.de", "xn--fa-hia.de.", True),
        ("💩.la", "xn--ls8h.la.", False),
        ("I♥NY.Example.", "xn--iny-zx5a.example.", False),
        ("☃。net", "xn--n3h.net.", False),
        ("faß.💩.la", "xn--fa-hia.xn--ls8h.la.", False),  # each label by the newest rules that take it
        ("_dmarc.💩.la", "_dmarc.xn--ls8h.la.", False),
        ("👨\u200d👩.example", "xn--qq8hc.example.", False),  # IDNA 2003 drops the joiner
    ],
)
def test_a_label_is_read_by_idna_2008_or_as_browsers_do(text: str, name: str, valid: bool) -> None:
    assert from_unicode(text) == (dns.name.from_text(name), valid)


@pytest.mark.parametrize("text", ["1א.com", "😀/.example", "\u0308💩.example", "💩\ufffd.example"])
def test_what_browsers_refuse_too_is_wrong(text: str) -> None:
    with pytest.raises(Usage, match="is not a valid internationalised name"):
        names.name(text)


@pytest.mark.parametrize(
    ("text", "why"), [("💩" * 60, "more than 63 octets"), ("💩..example", "empty label")]
)
def test_what_no_name_can_be_is_said(text: str, why: str) -> None:
    with pytest.raises(Usage, match=why):
        names.name(text)


@given(st.text(min_size=1, max_size=30))
def test_whatever_is_typed_is_a_name_of_host_letters_or_refused(text: str) -> None:
    if text.isascii():
        return
    try:
        found = names.name(text)
    except Usage:
        return
    assert found.is_absolute() and found.to_text().isascii()


def test_one_remark_says_what_is_traced() -> None:
    ran = run("--lab", "💩.la", "https://💩.la/x", "MX", "TXT", "--short")
    assert ran.err.count("xn--ls8h.la") == 1 and "IDNA 2008" in ran.err
    assert "xn--" not in run("--lab", "bücher.example", "--short").err
