"""Many questions that the server of `serving` answers, and what of them is in a file of results."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from pathlib import Path

import dns.name
import dns.rdatatype

from dnstrace import Trace
from dnstrace.model import Question

NAMES = 1200


def questions(count: int) -> list[Question]:
    return [Question(dns.name.from_text(f"w{n}.z{n % 50}.example."), dns.rdatatype.A) for n in range(count)]


def name_of(trace: Trace, prefix: str = "") -> str:
    return f"{prefix}{trace.question.name}"


def held(out: Path) -> Counter[str]:
    """How often each name is in the results; every line must be whole."""
    return Counter(json.loads(line)["question"]["name"] for line in out.read_text().splitlines())


def names(directory: Path) -> tuple[Path, Counter[str]]:
    file = directory / "names"
    lines = [f"w{n}.z{n % 50}.example." for n in range(NAMES)]
    file.write_text("\n".join(lines))
    return file, Counter(lines)


def ended(process: subprocess.Popen[str]) -> bool:
    """Whether a process has ended; leaves it, and who shares its processor, a moment to work."""
    try:
        process.wait(timeout=0.002)
    except subprocess.TimeoutExpired:
        return False
    return True
