from __future__ import annotations

import ast
import io
import subprocess
import sys
from pathlib import Path

import pytest

from dnstrace.places import boot
from dnstrace.places.boot import FIRST, script


def test_the_first_line_needs_no_quoting_inside_single_quotes() -> None:
    assert FIRST.isascii() and FIRST.isprintable()
    assert not set(FIRST) & set("'\"\\!$`#")


def test_the_script_is_read_by_pythons_that_cannot_run_the_zipapp() -> None:
    length, _, text = script("0" * 16, "1.2.3", 1).partition(b"\n")
    assert int(length) == len(text)
    ast.parse(text, feature_version=(3, 6))


def ran(octets: bytes, **variables: str) -> str:
    """What the script says when it is run as at a place, and asked for nothing."""
    command = [sys.executable, "-I", "-c", FIRST]
    found = subprocess.run(command, input=octets, capture_output=True, check=False, env=variables)
    return found.stdout.decode()


def test_a_python_that_is_new_enough_asks_for_the_zipapp_and_an_old_one_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert ran(script("0123456789abcdef", "1", 1), PATH="/none") == (
        f"dnstrace-place 0123456789abcdef zipapp {said}\n"
    )
    monkeypatch.setattr(boot, "OLDEST", (3, 99))
    assert ran(script("0123456789abcdef", "1", 1), PATH="/none") == (
        f"dnstrace-place 0123456789abcdef too-old {said}\n"
    )


def test_an_installed_dnstrace_is_used_where_version_and_formats_are_the_same(tmp_path: Path) -> None:
    installed = tmp_path / "dnstrace"
    installed.write_text(
        '#!/bin/sh\n[ $1 = --as-place=version ] && echo "1.0 1 1" || echo "it is $1 $DNSTRACE_TCP"\n'
    )
    installed.chmod(0o755)
    path = f"{tmp_path}:/usr/bin:/bin"
    token = "0123456789abcdef"
    assert ran(script(token, "1.0", 1), PATH=path, DNSTRACE_TCP="1") == f"it is --as-place={token} \n"
    assert " zipapp " in ran(script(token, "1.1", 1), PATH=path)
    assert " zipapp " in ran(script(token, "1.0", 2), PATH=path)


def test_what_is_read_first_is_the_script_alone() -> None:
    octets = script("0" * 16, "1", 1) + b"zipapp 3\nabc"
    stream = io.BytesIO(octets)
    stream.read(int(stream.readline()))
    assert stream.read() == b"zipapp 3\nabc"


def test_an_old_python_hands_over_to_a_newer_one_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The newer one is sent the script again, since the old one has read it."""
    newer = tmp_path / "python3.99"
    newer.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    newer.chmod(0o755)
    monkeypatch.setattr(boot, "OLDEST", (3, 99))
    monkeypatch.setattr(boot, "_NEWEST", 99)
    token = "0123456789abcdef"
    said = ran(script(token, "1", 1), PATH=f"{tmp_path}:/usr/bin:/bin")
    assert said == f"dnstrace-place {token} again\n"
    again = FIRST.replace("exec(", "AGAIN=1;exec(")
    found = subprocess.run(
        [sys.executable, "-I", "-c", again], input=script(token, "1", 1), capture_output=True, check=False
    )
    assert b" too-old " in found.stdout
