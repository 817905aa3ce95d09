"""A world of the lab at its own addresses (`--serve=addresses`), asked by dig, Unbound and delv."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.running import COMMAND
from tests.interop.namespace import Namespace, hindrance

WORLD = """
include = ["dnssec-good"]
[servers]
"silent.example.org." = { addresses = ["192.0.2.201"], does = ["silent"] }
"slow.example.org." = { addresses = ["192.0.2.202"], rtt = 0, does = ["slow=1500"] }
"short.example.org." = { addresses = ["192.0.2.203"], rtt = 0, does = ["truncates"] }
"gone.example.org." = { addresses = ["192.0.2.204"], does = ["unreachable"] }
"false.example.org." = { addresses = ["192.0.2.205"], does = ["wrong-id"] }
[zones."odd.org."]
servers = [
    "silent.example.org.", "slow.example.org.", "short.example.org.", "gone.example.org.",
    "false.example.org.",
]
text = '''
@ SOA ns hostmaster 1 7200 900 1209600 300
@ NS ns
www A 192.0.2.7
'''
"""


@dataclass(frozen=True)
class Served:
    namespace: Namespace
    printed: str

    def run(self, *words: str) -> str:
        """What a program prints inside the namespace."""
        ran = subprocess.run(self.namespace.inside([*words]), capture_output=True, text=True, check=False)
        return ran.stdout + ran.stderr

    def line(self, program: str) -> list[str]:
        """The words of the line that is printed for a program, the last one of several."""
        lines: list[str] = re.findall(rf"^  ({program} .*?)(?: &)?$", self.printed, re.MULTILINE)
        return lines[-1].split()


@contextmanager
def ended(process: subprocess.Popen[str]) -> Iterator[subprocess.Popen[str]]:
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    absent = [program for program in ("dig", "delv", "unbound") if shutil.which(program) is None]
    if (why := hindrance() or (f"not installed: {', '.join(absent)}" if absent else None)) is not None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(why)
    world = tmp_path_factory.mktemp("served") / "own.toml"
    world.write_text(WORLD)
    with Namespace(()) as namespace:
        command = namespace.inside([*COMMAND, "--lab", str(world), "--serve=addresses"])
        piped = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        with ended(piped) as process:
            assert process.stdout is not None
            printed = ""
            while "\n  delv @" not in printed:
                line = process.stdout.readline()
                assert line, process.communicate()
                printed += line
            found = Served(namespace, printed)
            with ended(subprocess.Popen(namespace.inside([*found.line("unbound"), "-d"]), text=True)):
                while "NOERROR" not in found.run("dig", "@127.0.0.1", ".", "SOA", "+tries=1", "+timeout=1"):
                    continue
                yield found


def test_dig_and_unbound_and_delv_are_answered_and_believe_the_signatures(served: Served) -> None:
    of_zone = served.run(*re.findall(r"^  (dig .* \+norecurse)$", served.printed, re.MULTILINE)[0].split())
    assert re.search(r"flags: qr aa;", of_zone) and "192.0.2.44" in of_zone
    answer = served.run(*served.line("dig"))
    assert re.search(r"flags: qr rd ra ad;", answer) and "192.0.2.44" in answer
    believed = served.run(*served.line("delv"))
    assert "; fully validated" in believed and "192.0.2.44" in believed


def test_dnstrace_over_live_sockets_says_so_too(served: Served) -> None:
    _, *words = served.line("dnstrace")
    said = served.run(sys.executable, *COMMAND[1:], *words)
    assert "\nsecure\n" in said and "192.0.2.44" in said


def test_misbehaviour_over_sockets_is_what_dig_sees(served: Served) -> None:
    def dig(address: str, *words: str) -> str:
        asked = ["www.odd.org", "A", "+norecurse", "+tries=1", "+noedns", "+nocookie", *words]
        return served.run("dig", f"@{address}", *asked)

    assert "192.0.2.7" in dig("192.0.2.202", "+timeout=30") and "timed out" in dig(
        "192.0.2.202", "+timeout=1"
    )
    assert "timed out" in dig("192.0.2.201", "+timeout=1")
    truncated = dig("192.0.2.203", "+ignore")
    assert " tc;" in truncated or " tc " in truncated
    assert "192.0.2.7" in dig("192.0.2.203")  # over TCP
    assert "connection refused" in dig("192.0.2.204")
    assert "192.0.2.7" not in dig("192.0.2.205", "+timeout=1")


def test_the_files_are_gone_when_it_has_ended(tmp_path: Path) -> None:
    if (why := hindrance()) is not None:
        pytest.skip(why)
    with Namespace(()) as namespace:
        command = namespace.inside([*COMMAND, "--lab", "dnssec-good", "--serve=addresses"])
        environment = os.environ | {"TMPDIR": str(tmp_path)}
        piped = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        with ended(piped) as process:
            assert process.stdout is not None and process.stdout.readline().startswith("dnssec-good: ")
            assert len([*tmp_path.iterdir()]) == 1
    assert [*tmp_path.iterdir()] == []
