"""What servers did over TLS, in the document."""

from __future__ import annotations

from dnstrace.analysis.encrypted import OverTls
from dnstrace.api import report
from dnstrace.lab.world import load
from dnstrace.render.document import document
from tests.checks.checking import checked
from tests.render.validating import VALIDATOR
from tests.schema_words import members, words


def test_it_has_every_server_with_its_certificate() -> None:
    written = document(report(checked(load("adot-faulty"))))
    VALIDATOR.validate(written)
    found = {each["server"]: each for each in written["adot"] if each["zone"] == "example.com."}
    ways = {server: each["result"] for server, each in found.items()}
    assert ways == {
        "ns1.example.com.": "different",
        "ns2.example.com.": "no-reply",
        "ns3.example.com.": "same",
    }
    assert found["ns3.example.com."]["tls"] == {
        "version": "TLSv1.3",
        "alpn": "dot",
        "trusted": False,
        "distrust": "certificate has expired",
        "certificate": {
            "subject": "CN=ns3.example.com",
            "issuer": "CN=ns3.example.com",
            "names": ["ns3.example.com"],
            "begins": "2025-12-13T14:00:00Z",
            "expires": "2026-01-12T14:00:00Z",
            "self_issued": True,
            "for_server": True,
        },
    }
    assert {each["tls"] is None for each in written["adot"] if each["zone"] != "example.com."} == {True}


def test_it_is_null_without_the_option_and_the_schema_has_its_words() -> None:
    assert document(report(checked(load("dnssec-good"))))["adot"] is None
    assert words("over_tls", "properties", "result") == members(OverTls)
