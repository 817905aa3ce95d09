"""`--resolver`: what it takes, what it shows, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import dns.query
import pytest

from dnstrace.cli.line.resolvers import SystemResolvers, resolvers, system_resolvers
from dnstrace.cli.usage import Usage
from dnstrace.model import Transport
from dnstrace.model.asked import Resolver
from tests.cli.running import run
from tests.render.validating import VALIDATOR

ANYONE = "192.0.2.153"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.0.2.53", Resolver("192.0.2.53")),
        ("127.0.0.1:5353", Resolver("127.0.0.1", 5353)),
        ("2001:DB8::53", Resolver("2001:db8::53")),
        ("[2001:db8::53]", Resolver("2001:db8::53")),
        ("[::1]:5353", Resolver("::1", 5353)),
        ("FE80::1%1", Resolver("fe80::1%1")),
        ("[fe80::1%1]:5353", Resolver("fe80::1%1", 5353)),
        ("tls://fe80::1%1", Resolver("fe80::1%1", 853, Transport.TLS, "fe80::1")),
        ("tls://192.0.2.53", Resolver("192.0.2.53", 853, Transport.TLS, "192.0.2.53")),
        ("tls://192.0.2.53#dns.test", Resolver("192.0.2.53", 853, Transport.TLS, "dns.test")),
        ("tls://[::1]:8853#dns.test", Resolver("::1", 8853, Transport.TLS, "dns.test")),
    ],
)
def test_what_it_takes(text: str, expected: Resolver) -> None:
    assert resolvers(text) == (expected,)


def test_a_url_where_there_is_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dns.query, "have_doh", True)
    url = "https://dns.test:8443/dns-query"
    assert resolvers(url) == (Resolver("dns.test", 8443, Transport.HTTPS, url),)
    assert resolvers("https://[2001:DB8::1]/q")[0].address == "2001:db8::1"
    for wrong in ("https://", "https:///q", "https://dns.test", "https://a@dns.test/q", "https://x:y/q",
                  "https://dns.test/\n", "https://[::1/q"):  # fmt: skip
        with pytest.raises(Usage):
            resolvers(wrong)


@pytest.mark.parametrize(
    "text",
    ["", "dns.test", "192.0.2.53:", "192.0.2.53:x", "192.0.2.53:0", "192.0.2.53:65536", "192.0.2.53:\uff19",
     "[192.0.2.53", "[::1]x", "[::1]:", "::g", "tls://", "tls://dns.test", "tls://192.0.2.1:853#a..b",
     "http://dns.test/", "192.0.2.256", "udp://192.0.2.1", "192.0.2.1%1", "::2%1", "fe80::1%",
     "fe80::1%no-such-link", "\x1b[2J", "192.0.2.53:" + "9" * 9999],
)  # fmt: skip
def test_what_is_none_is_refused_in_one_line(text: str) -> None:
    ran = run("--lab", f"--resolver={text}")
    assert (ran.status, ran.out) == (2, "") and "world textbook" not in ran.err.replace(repr(text), "")
    assert ran.err.startswith("dnstrace: --resolver") and ran.err[:-1].isprintable()


def test_without_the_packages_a_url_is_refused_with_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dns.query, "have_doh", False)
    ran = run("x.test", "--resolver=https://dns.test/dns-query")
    assert (ran.status, ran.err) == (
        2,
        "dnstrace: --resolver: DNS over HTTPS needs more packages: pip install 'dnstrace-cli[doh]'\n",
    )


# --- those of the system --------------------------------------------------------------------------


def test_those_of_the_system(tmp_path: Path) -> None:
    path = tmp_path / "resolv.conf"
    path.write_text("search test\nnameserver 127.0.0.53\nnameserver 2001:db8::53\n")
    found = system_resolvers(str(path))
    assert found == ((Resolver("127.0.0.53"), Resolver("2001:db8::53")), ())
    path.write_text("nameserver localhost\nnameserver 127.0.0.53\n")
    found = system_resolvers(str(path))
    assert found.resolvers == (Resolver("127.0.0.53"),) and "line 1 is skipped" in found.remarks[0]


@pytest.mark.parametrize("content", [None, b"", b"search test\n", b"\xff\xfe", b"nameserver 1.2.3\n"])
def test_a_system_that_names_none(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "resolv.conf"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(
        Usage, match="cannot be read: No such file" if content is None else "lists no resolver"
    ):
        system_resolvers(str(path))


def test_of_the_systems_those_of_the_family_are_asked(
    asked: list[tuple[str, dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    both = (Resolver("192.0.2.53"), Resolver("2001:db8::53"))
    monkeypatch.setattr("dnstrace.cli.line.resolvers.system_resolvers", lambda: SystemResolvers(both))
    run("x.test", "-6", "--resolver=system")
    assert asked[0][1]["tracing"].resolvers == both[1:]


# --- together with other options ------------------------------------------------------------------


def test_they_come_from_the_environment_too(asked: list[tuple[str, dict[str, Any]]]) -> None:
    run("x.test", DNSTRACE_RESOLVER="192.0.2.53 192.0.2.54 192.0.2.53")
    assert asked[0][1]["tracing"].resolvers == (Resolver("192.0.2.53"), Resolver("192.0.2.54"))


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (
            ["x.", "-4", "--resolver=::1"],
            "--resolver ::1 is an IPv6 address, but -4 asks over IPv4 only",
        ),
        (["x.", "--parent-only", "--resolver=::1"], "--parent-only and --resolver exclude each other"),
        (["--lab", "--resolver=192.0.2.1"], "--resolver: world textbook has no resolver at 192.0.2.1"),
        (["--lab", "--resolver=198.41.0.4:54"], "world textbook has no resolver at 198.41.0.4 port 54"),
        (
            ["--lab=resolver-split", "--resolver=::1"],
            "no resolver at ::1; it has 10.0.0.53: leave out",
        ),
        (["--lab=resolver-split", "--resolver=quad9"], "no resolver at 9.9.9.9 (quad9); it has 10.0.0.53"),
        (["--lab", "--resolver=public"], "no resolver at 1.1.1.1 (cloudflare); a world that has some is"),
        (
            ["--lab", "--resolver=system"],
            "world textbook has no resolvers; a world that has some",
        ),
        (["--lab", "--resolver=tls://198.41.0.4"], "--resolver tls: the lab has no resolvers over TLS"),
        (
            ["x.", *(f"--resolver=10.0.0.{n}" for n in range(33))],
            "at most 32 resolvers can be asked",
        ),
    ],
)
def test_what_cannot_be(arguments: list[str], why: str, asked: list[Any]) -> None:
    ran = run(*arguments)
    assert (ran.status, ran.out, asked) == (2, "", [])
    assert why in ran.err and ran.err.count("\n") == 1


# --- what comes of it -----------------------------------------------------------------------------


@pytest.mark.parametrize("world", ["same", "stale", "filtered", "servfail", "split"])
def test_the_status_is_the_walks_unless_no_resolver_has_an_answer(world: str) -> None:
    ran = run(f"--lab=resolver-{world}", "--json")
    assert (ran.status, ran.err) == (5 if world == "servfail" else 0, "")
    found = json.loads(ran.out)
    VALIDATOR.validate(found)
    assert found["resolvers"] and found["steps"][found["resolvers"][0]["step"] - 1]["purpose"] == "probe"


def test_one_of_them_alone() -> None:
    found = json.loads(run("--lab=resolver-stale", f"--resolver={ANYONE}", "--json").out)
    (one,) = found["resolvers"]
    assert (one["resolver"], one["rtt_ms"], one["rcode"], one["ad"]) == (ANYONE, 4.0, "NOERROR", False)
    assert one["answer"][0]["rdata"] == ["198.51.100.44"]
    assert (one["ttl"], one["authoritative_ttl"], one["age"]) == (212, 300, 88)
    assert (one["until"], one["difference"]) == ("2026-01-15T14:03:32Z", "stale")


def test_a_server_that_is_none_of_the_worlds_resolvers_may_be_asked() -> None:
    found = json.loads(run("--lab", "--resolver=198.41.0.4", "--json").out)
    assert [each["difference"] for each in found["resolvers"]] == ["refuses"]


def test_where_none_is_asked_there_are_none() -> None:
    assert json.loads(run("--lab", "--json").out)["resolvers"] is None
    assert json.loads(run("--lab=resolver-same", "--parent-only", "--json").out)["resolvers"] is None


def test_the_short_form_says_which_differ() -> None:
    ran = run("--lab=resolver-filtered", "--short")
    assert ran.out == "192.0.2.44\n"
    assert ran.err.splitlines()[0] == (
        "dnstrace: www.example.com. A: 192.0.2.153: "
        "filtered: the resolver withholds the answer from its clients"
    )
    assert run("--lab=resolver-same", "--short").err == ""
