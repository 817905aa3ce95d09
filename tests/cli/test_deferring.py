"""What is put off until it is needed is the real thing then."""

from __future__ import annotations

import subprocess
import sys

import pytest

DEFER = "import sys; from dnstrace.cli.deferring import defer_metadata; defer_metadata();"


def ran(code: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run([sys.executable, "-c", DEFER + code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_names_need_no_metadata_of_packages() -> None:
    assert ran("import dns.name; print(type(sys.modules['importlib.metadata']).__name__)") == "_Deferred"


def test_a_unicode_name_is_read_all_the_same() -> None:
    code = "import dns.name; print(dns.name.from_text('b\\u00fccher.example', idna_codec=dns.name.IDNA_2008))"
    assert ran(code) == "xn--bcher-kva.example."


@pytest.mark.parametrize(
    "statement", ["import importlib.metadata as m", "from importlib import metadata as m"]
)
def test_whoever_asks_something_of_it_gets_the_real_module(statement: str) -> None:
    assert ran(f"{statement}; print(m.version('dnspython') >= '2')") == "True"


def test_cryptography_is_not_taken_to_be_missing() -> None:
    assert ran("import dns.name, dns._features; print(dns._features.have('dnssec'))") == "True"


def test_what_is_imported_already_is_left_alone() -> None:
    code = "defer_metadata(); import importlib.metadata as m; defer_metadata(); print(m.__name__, m.version)"
    assert ran(code).startswith("importlib.metadata <function version")
