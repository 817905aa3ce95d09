"""Which zones have a registrar, and the list that decides it."""

from __future__ import annotations

from types import ModuleType

import dns.name
import pytest

from dnstrace.checks import findings
from dnstrace.checks.advice import registries
from dnstrace.checks.advice.registries import has_registrar, registered
from dnstrace.lab.world import load
from tests.checks.checking import checked
from tests.scripts import script

LIST = """\
// VERSION: 2026-10-22_08-36-41_UTC
// ===BEGIN ICANN DOMAINS===
// jp : a comment
jp
*.kawasaki.jp
!city.kawasaki.jp
co.jp
公司.cn
// ===END ICANN DOMAINS===
// ===BEGIN PRIVATE DOMAINS===
github.io
"""


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        (".", False),
        ("com.", False),
        ("example.com.", True),
        ("EXAMPLE.COM.", True),
        ("sub.example.com.", False),
        ("co.uk.", False),
        ("example.co.uk.", True),
        ("example.uk.", True),
        ("a.example.co.uk.", False),
        ("example.co.jp.", True),  # co.jp is in the zone jp
        ("a.kawasaki.jp.", False),  # *.kawasaki.jp
        ("b.a.kawasaki.jp.", True),
        ("c.b.a.kawasaki.jp.", False),
        ("city.kawasaki.jp.", True),  # !city.kawasaki.jp
        ("a.city.kawasaki.jp.", False),
        ("co.ck.", False),  # *.ck
        ("example.co.ck.", True),
        ("www.ck.", True),  # !www.ck
        ("github.io.", True),
        ("somebody.github.io.", False),  # a private rule: nobody registers there through a registrar
        ("2.0.192.in-addr.arpa.", False),
        ("example.arpa.", False),
        ("example.internal.", False),
        ("example.#.", False),
        ("xn--55qx5d.cn.", False),
        ("example.xn--55qx5d.cn.", True),
    ],
)
def test_a_registrar_exists_just_below_a_public_suffix(zone: str, expected: bool) -> None:
    assert has_registrar(dns.name.from_text(zone)) is expected


@pytest.mark.parametrize(
    ("name", "zone"),
    [("ns1.host.example.co.uk.", "example.co.uk."), ("example.com.", "example.com."), ("ns.internal.", None)],
)
def test_a_name_server_is_registered_with_the_zone_above_it(name: str, zone: str | None) -> None:
    assert registered(dns.name.from_text(name)) == (None if zone is None else dns.name.from_text(zone))


@pytest.fixture(name="script", scope="module")
def loaded_script() -> ModuleType:
    return script("public_suffixes")


def test_the_icann_section_is_taken_in_a_labels(script: ModuleType) -> None:
    head, _, rules = script.data(LIST).rpartition("#\n")
    assert rules.splitlines()[-2:] == ["cn xn--55qx5d", "jp !city.kawasaki *.kawasaki co"]
    assert "2026-10-22" in head and "github" not in rules


@pytest.mark.parametrize("lacking", ["// ===BEGIN ICANN", "// ===END ICANN", "// VERSION"])
def test_another_file_is_refused(script: ModuleType, lacking: str) -> None:
    with pytest.raises(SystemExit, match="the list has no"):
        script.data(LIST.replace(lacking, "//"))


def test_the_file_has_date_source_and_licence(script: ModuleType) -> None:
    head = script.DATA.read_text("ascii").partition("\naaa\n")[0]
    assert script.SOURCE in head and "Mozilla Public License, v. 2.0" in head
    assert head.startswith("# The ICANN domains of the Public Suffix List, version 20")


def test_only_a_finding_that_needs_the_list_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    healthy, faulty = checked(load("textbook")), checked(load("parent-child-differ"))
    monkeypatch.setattr(registries, "_rules", lambda: pytest.fail("read"))
    assert findings(healthy) == ()
    with pytest.raises(pytest.fail.Exception):
        findings(faulty)
