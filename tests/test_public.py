"""The public interface: it is listed, documented and typed, and costs nothing until it is used."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import dnstrace

HOME = Path(__file__).parent.parent
MODULES = [importlib.import_module(f"dnstrace{each}") for each in ("", ".model", ".record", ".testing")]
PROGRAM = """
import asyncio
from typing import assert_type

from dnstrace import Finding, Outcome, Report, Settings, Trace, Verdict, report, to_json, trace, trace_many
from dnstrace.record import load
from dnstrace.testing import served

found = trace("www.example.com", check=True, lab="lame", resolvers=["192.0.2.1"], settings=Settings(tries=1))
assert_type(found, Trace)
assert_type(found.outcome, Outcome | None)
assert_type(found.findings, tuple[Finding, ...] | None)
assert_type(report(found), Report)
assert_type(report(found).verdict, Verdict | None)
assert_type(to_json(found, indent=2), str)
assert_type(load("x").network is None, bool)
with served() as lab:
    assert_type(lab.place("ns1.example.com"), tuple[str, int])


async def many() -> None:
    async for each in trace_many(["a", ("b", "MX")], check=True):
        assert_type(each, Trace)


asyncio.run(many())
trace(1)  # error: arg-type
trace("a", tries=1)  # error: call-arg
"""


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_public_name_is_there_and_documented(module: ModuleType) -> None:
    assert module.__doc__ and sorted(module.__all__) == sorted(set(module.__all__))
    for name in module.__all__:
        value = getattr(module, name)
        if str(getattr(value, "__module__", "")).startswith("dnstrace"):
            assert value.__doc__ and not value.__doc__.startswith(f"{name}("), name


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_what_is_not_listed_is_private(module: ModuleType) -> None:
    own = {
        name
        for name, value in vars(module).items()
        if getattr(value, "__module__", None) == module.__name__ and not name.startswith("_")
    }
    assert own - {"dnstrace_lab"} <= set(module.__all__)


def test_every_function_has_types() -> None:
    for name in dnstrace.__all__:
        if inspect.isfunction(function := getattr(dnstrace, name)):
            parameters = inspect.signature(function).parameters
            assert {*parameters, "return"} == set(function.__annotations__), name


def test_listed_names_are_those_of_the_type_checker() -> None:
    assert set(dnstrace._HOME) | {"__version__", "to_json"} == set(dnstrace.__all__) == set(dir(dnstrace))


def test_importing_it_imports_nothing_of_the_dns() -> None:
    code = "import sys, dnstrace; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert [each for each in found.split() if each.startswith(("dns", "asyncio"))] == ["dnstrace"]


def test_a_program_that_uses_it_is_checked(tmp_path: Path) -> None:
    """By mypy, as strictly as it can: what is right passes, and what is wrong is found."""
    from mypy import api

    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    cache = HOME / ".mypy_cache"
    words = (
        ["--strict", "--no-incremental"] if not cache.exists() else ["--strict", "--cache-dir", str(cache)]
    )
    said, err, _ = api.run([*words, "--config-file", "", str(program)])
    lines = PROGRAM.splitlines()
    wrong = {number for number, line in enumerate(lines, 1) if "# error" in line}
    assert (
        not err and {int(line.split(":")[1]) for line in said.splitlines() if ": error:" in line} == wrong
    ), said
