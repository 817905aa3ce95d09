"""`dnstrace.testing` as the tests of a user have it, and what it costs to have."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import dns.message
import dns.query
import dns.rcode
import pytest

from dnstrace.lab.errors import UnknownWorld, WorldError
from dnstrace.testing import Served, served, world

TESTS = """
import dns.message, dns.query, dns.rcode
from dnstrace.testing import Served

def test_refusal(dnstrace_lab):
    lab = dnstrace_lab("refuses")
    assert isinstance(lab, Served)
    host, port = lab.place("ns1.example.com")
    reply = dns.query.udp(dns.message.make_query("www.example.com", "A"), host, port=port, timeout=60)
    assert reply.rcode() == dns.rcode.REFUSED
    host, port = dnstrace_lab().place("a.root-servers.net")
    reply = dns.query.udp(dns.message.make_query("www.example.com", "A"), host, port=port, timeout=60)
    assert reply.authority[0].name.to_text() == "com."
"""


def asked(lab: Served, server: str) -> dns.message.Message:
    host, port = lab.place(server)
    return dns.query.udp(dns.message.make_query("www.example.com", "A"), host, port=port, timeout=60)


def test_a_world_is_served_while_the_context_lasts() -> None:
    before = threading.active_count()
    with served("in-domain") as lab, served("lame") as other:
        assert asked(lab, "ns1.example.com.").answer[0][0].to_text() == "192.0.2.44"
        assert asked(lab, "198.41.0.4").authority and other.places != lab.places
        with pytest.raises(LookupError, match=r"world in-domain has no server 'ns9\.example\.com'"):
            lab.place("ns9.example.com")
    assert threading.active_count() == before


def test_signatures_are_valid_now_and_the_trust_anchor_is_there() -> None:
    with served("dnssec-good") as lab:
        host, port = lab.place("198.41.0.4")
        query = dns.message.make_query(".", "DNSKEY", want_dnssec=True)
        reply = dns.query.tcp(query, host, port=port, timeout=60)
        assert any(rrset.rdtype.name == "RRSIG" for rrset in reply.answer) and " IN DS " in lab.trust_anchor


def test_what_is_wrong_is_raised(tmp_path: Path) -> None:
    for lab, error in (("lam", UnknownWorld), (tmp_path / "none.toml", WorldError)):
        with pytest.raises(error), served(lab):
            pass
        assert issubclass(error, ValueError)
    with pytest.raises(OSError, match="in use"), served("in-domain") as first:
        from dnstrace.lab.hosting import in_a_thread

        with in_a_thread(world("in-domain"), first.places, 0, False):
            pass


@pytest.mark.parametrize("how", ["pytest_plugins = ['dnstrace.testing']"])
def test_the_fixture_is_there_for_a_test_of_ones_own(how: str, tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(how.replace("*", "dnstrace_lab  # noqa"))
    (tmp_path / "test_own.py").write_text(TESTS)
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"]
    command += ["-p", "no:slipcover", str(tmp_path)]  # it is not measured: it looks for dnstrace below `cwd`
    ran = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert "1 passed" in ran.stdout, ran.stdout + ran.stderr


def test_it_imports_neither_pytest_nor_anything_of_the_dns() -> None:
    code = "import sys, dnstrace.testing; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not {"pytest", "dns", "asyncio", "socket", "dnstrace.lab", "dnstrace.model"} & set(found.split())
