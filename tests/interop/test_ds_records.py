"""DS records, good and odd: what Unbound, BIND and the command make of them, over one signed world.

Each case is a signed zone below a signed root, whose parent has the DS records of the case. Where the two
resolvers differ, the command says what RFC 4035 section 5.2 and RFC 6840 section 5.2 ask for: a DS record of
an unknown digest type, or one that is malformed, is as if it were not there, and only a zone for which
nothing else is left may be treated as unsigned, if the digest type of none of them is known. A SHA-1 digest
next to a stronger one does not count (RFC 4509 section 3); Unbound takes it unless `harden-algo-downgrade` is
set, and is as content with one of several digests where that option wants the strongest. BIND reads no
reply at all that has a digest longer than its type allows, or an empty one.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import dns.name
import pytest

from dnstrace.lab.keys import dnskey
from dnstrace.lab.signing import plan
from dnstrace.lab.zone import Sign
from tests.interop import lab_world, signers
from tests.interop.namespace import Namespace, hindrance
from tests.interop.servers import COMMANDS, Setup, start_resolver

ROOT, CHILD, UNBOUND, BIND = "198.51.100.1", "198.51.100.2", "127.0.0.53", "127.0.0.54"
PROGRAMS = ("unbound", "named", "dig")


class Ds(NamedTuple):
    """A DS record of the zone's key: its digest type, and so many octets of digest, or the right one."""

    digest_type: int
    octets: int | None = None


GOOD = Ds(2)
Said = tuple[str, str, str]
"""What Unbound, BIND and the command say; a resolver says `secure` by AD, `insecure`, or `fails`."""


class Case(NamedTuple):
    """The DS records of a zone, and what is said of an address in it."""

    ds: tuple[Ds, ...]
    said: Said
    malformed: bool = True  # whether a finding names a record that does not have the form of its type
    wrong: bool = False  # whether an error names a digest that is not the key's


CASES = {
    "good": Case((GOOD,), ("secure", "secure", "secure"), malformed=False),
    "zero-beside": Case((GOOD, Ds(0, 4)), ("secure", "secure", "secure")),
    "zero-alone": Case((Ds(0, 4),), ("insecure", "insecure", "insecure")),
    "short-4-beside": Case((GOOD, Ds(4, 4)), ("secure", "fails", "secure")),
    "short-2-alone": Case((Ds(2, 4),), ("fails", "fails", "bogus")),
    "short-2-beside": Case((GOOD, Ds(2, 4)), ("secure", "fails", "secure")),
    "short-1-beside": Case((GOOD, Ds(1, 4)), ("secure", "fails", "secure")),
    "short-1-alone": Case((Ds(1, 4),), ("fails", "fails", "bogus")),
    "short-4-alone": Case((Ds(4, 4),), ("fails", "fails", "bogus")),
    "long-2-alone": Case((Ds(2, 48),), ("fails", "fails", "bogus")),
    "long-2-beside": Case((GOOD, Ds(2, 48)), ("secure", "fails", "secure")),
    "empty-2-alone": Case((Ds(2, 0),), ("fails", "fails", "bogus")),
    "empty-2-beside": Case((GOOD, Ds(2, 0)), ("secure", "fails", "secure")),
    "unknown-alone": Case((Ds(100, 32),), ("insecure", "insecure", "insecure"), malformed=False),
    "unknown-beside": Case((GOOD, Ds(100, 32)), ("secure", "secure", "secure"), malformed=False),
    "unknown-empty": Case((Ds(100, 0),), ("insecure", "fails", "insecure"), malformed=False),
    "zero-and-short": Case((Ds(0, 4), Ds(2, 4)), ("fails", "fails", "bogus")),
    "wrong-2": Case((Ds(2, 32),), ("fails", "fails", "bogus"), malformed=False, wrong=True),
    "wrong-2-beside": Case((GOOD, Ds(2, 32)), ("secure", "secure", "secure"), malformed=False),
    "wrong-2-right-1": Case((Ds(1), Ds(2, 32)), ("secure", "fails", "bogus"), malformed=False, wrong=True),
    "wrong-1-right-2": Case((GOOD, Ds(1, 20)), ("secure", "secure", "secure"), malformed=False),
    "wrong-4-right-2": Case((GOOD, Ds(4, 48)), ("secure", "secure", "secure"), malformed=False, wrong=True),
    "wrong-2-right-4": Case((Ds(2, 32), Ds(4)), ("secure", "secure", "secure"), malformed=False),
    "unknown-and-short": Case((Ds(100, 32), Ds(2, 4)), ("fails", "fails", "bogus")),
}


def generic(zone: str, ds: Ds, now: datetime) -> str:
    """A DS record of the zone's key, in the form that holds any octets (RFC 3597 section 5)."""
    (right,) = plan(dns.name.from_text(zone), Sign(), now).ds
    octets = right.to_wire() or b""
    digest = _digest(zone, ds.digest_type, now) if ds.octets is None else bytes(ds.octets)
    data = octets[:3] + bytes((ds.digest_type,)) + digest
    return f"{zone} DS \\# {len(data)} {data.hex()}"


def _digest(zone: str, digest_type: int, now: datetime) -> bytes:
    """The right digest of the zone's key."""
    how = plan(dns.name.from_text(zone), Sign(), now)
    octets = how.zone.to_digestable() + dnskey(how.keys[0]).to_digestable()
    return hashlib.new({1: "sha1", 2: "sha256", 4: "sha384"}[digest_type], octets).digest()


def world_text(now: datetime) -> str:
    """The world: a signed root, and below it a signed zone for each case."""
    delegations = "".join(
        f"{label}. NS ns.{label}.\nns.{label}. A {CHILD}\n"
        + "".join(f"{generic(f'{label}.', ds, now)}\n" for ds in case.ds)
        for label, case in CASES.items()
    )
    zones = "".join(
        f'''
[zones."{label}."]
sign = {{}}
servers = ["ns.cases."]
text = """
@ SOA ns hostmaster 1 1800 900 604800 300
@ NS ns
ns A {CHILD}
www A 192.0.2.44
"""
'''
        for label in CASES
    )
    return f'''title = "DS records"
question = "www.good. A"
now = {now.isoformat()}
[expect]
outcome = "answer"
[servers]
"ns.root." = {{ addresses = ["{ROOT}"] }}
"ns.cases." = {{ addresses = ["{CHILD}"] }}
[zones."."]
sign = {{}}
servers = ["ns.root."]
text = """
@ SOA ns.root. hostmaster.root. 1 1800 900 604800 300
@ NS ns.root.
ns.root. A {ROOT}
{delegations.replace(chr(92), chr(92) * 2)}"""
{zones}'''


class Net(NamedTuple):
    """Where it runs, and the files with the hints and the trust anchor."""

    namespace: Namespace
    hints: Path
    anchor: Path


def _bind(hints: Path, anchor: str) -> Any:
    """A BIND that resolves from these hints and validates from this anchor."""
    _, _, _, _, tag, algorithm, digest_type, digest = anchor.split(maxsplit=7)

    def command(setup: Setup) -> list[str]:
        started = COMMANDS["named"](setup)
        file = setup.directory / "named.conf"
        text = file.read_text().replace(
            "recursion no; dnssec-validation no;", "recursion yes; dnssec-validation yes;"
        )
        text += f'trust-anchors {{ . static-ds {tag} {algorithm} {digest_type} "{digest.strip()}"; }};\n'
        file.write_text(f'{text}zone "." {{ type hint; file "{hints}"; }};\n')
        return started

    return command


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Net]:
    absent = [program for program in PROGRAMS if shutil.which(program) is None]
    if (why := hindrance() or (f"not installed: {', '.join(absent)}" if absent else None)) is not None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(why)
    directory = tmp_path_factory.mktemp("ds")
    file, hints, anchor = directory / "ds.toml", directory / "root.hints", directory / "anchor"
    file.write_text(world_text(datetime.now(UTC).replace(microsecond=0)))
    hints.write_text(f". 86400 NS ns.root.\nns.root. 86400 A {ROOT}\n")
    anchor.write_text(lab_world.world_of(file).anchors_text)
    with ExitStack() as stack:
        namespace = stack.enter_context(Namespace((ROOT, CHILD, UNBOUND, BIND)))
        lab_world.start(namespace, file, stack)
        unbound = Setup(
            "unbound", directory / "unbound", (UNBOUND,), (), lambda s: signers.unbound(s, hints, anchor)
        )
        bind = Setup("named", directory / "named", (BIND,), (), _bind(hints, anchor.read_text()))
        for resolver in (unbound, bind):
            start_resolver(namespace, resolver, stack)
        yield Net(namespace, hints, anchor)


def resolved(net: Net, label: str, resolver: str) -> str:
    """What a resolver says of an address in a zone."""
    words = ["dig", "+tries=1", "+timeout=20", "+dnssec", f"@{resolver}", f"www.{label}.", "A"]
    said = subprocess.run(net.namespace.inside(words), capture_output=True, text=True, check=True).stdout
    if "status: SERVFAIL" in said:
        return "fails"
    assert "status: NOERROR" in said and "192.0.2.44" in said, said
    return "secure" if " ad;" in said else "insecure"


def traced(net: Net, label: str) -> dict[str, Any]:
    """What the command says."""
    command = [sys.executable, "-c", "from dnstrace.cli import main; main()", "--json", "--check"]
    command += ["--root-hints", str(net.hints), "--trust-anchor", str(net.anchor), f"www.{label}.", "A"]
    done = subprocess.run(net.namespace.inside(command), capture_output=True, text=True, check=False)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.share(3)
@pytest.mark.parametrize("label", CASES)
def test_what_is_said_of_a_zone_is_what_its_ds_records_are_worth(net: Net, label: str) -> None:
    case, found = CASES[label], traced(net, label)
    said = (resolved(net, label, UNBOUND), resolved(net, label, BIND), found["security"])
    assert said == case.said
    malformed = [each for each in found["findings"] if each["code"] == "record-malformed"]
    assert bool(malformed) is case.malformed
    assert all(each["level"] == "error" for each in malformed)
    wrong = [each["level"] for each in found["findings"] if each["code"] == "ds-digest-wrong"]
    assert wrong == ["error"] * case.wrong
