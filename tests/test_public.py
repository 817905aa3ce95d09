"""The public interface: it is listed, documented and typed, and costs nothing until it is used."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

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


_WRONG = (5, 1.5, b"x", object(), ["x"])
_TAKES = {  # what is no mistake: a type by its number, a time in seconds, and so on
    "rdtype": (5,),
    "at": (5, 1.5),
    "seed": (5,),
    "resolvers": (),
}


@pytest.mark.parametrize(
    "argument",
    [
        "name",
        "rdtype",
        "lab",
        "settings",
        "limits",
        "roots",
        "server",
        "anchors",
        "at",
        "seed",
        "now",
        "supposed",
        "resolvers",
    ],
)
def test_an_argument_of_a_wrong_kind_is_a_wrong_value_and_named(argument: str) -> None:
    function: Any = dnstrace.trace
    for wrong in (each for each in _WRONG if each not in _TAKES.get(argument, ())):
        arguments: dict[str, Any] = {"name": "www.example.com", "lab": "textbook"} | {argument: wrong}
        with pytest.raises(ValueError, match=r"\w+ .*") as error:
            function(**arguments)
        assert argument.removeprefix("rd") in str(error.value) or "world" in str(error.value)


@pytest.mark.parametrize("names", ["www.example.com", 5, None, [5], [()], [("a", "A", "b")], [("a", 1.5)]])
def test_names_of_a_wrong_kind_are_a_wrong_value(names: Any) -> None:
    async def traced() -> list[object]:
        return [each async for each in dnstrace.trace_many(names, lab="textbook")]

    with pytest.raises(ValueError, match=r"name|rdtype"):
        asyncio.run(traced())


@pytest.mark.parametrize(
    "how", [{"at_once": 0}, {"at_once": "x"}, {"workers": 0}, {"rate": -1}, {"rate": "x"}], ids=str
)
def test_how_many_names_are_traced_is_checked(how: dict[str, Any]) -> None:
    async def traced() -> list[object]:
        return [each async for each in dnstrace.trace_many(["www.example.com"], lab="textbook", **how)]

    with pytest.raises(ValueError, match=f"{next(iter(how))} must be"):
        asyncio.run(traced())


@pytest.mark.parametrize("wrong", [5, None, "x"])
def test_only_a_trace_can_be_judged(wrong: Any) -> None:
    for function in (dnstrace.report, dnstrace.to_json):
        with pytest.raises(ValueError, match="trace must be a Trace"):
            function(wrong)


@pytest.mark.parametrize("server", ["x y", "192.0.2.53:99", "a..b", "https://a/", "192.0.2.1,192.0.2.2"])
def test_a_server_to_start_from_is_an_address_or_a_name(server: str) -> None:
    with pytest.raises(ValueError, match="server must be an address or a name"):
        dnstrace.trace("www.example.com", lab="textbook", server=server)


@pytest.mark.parametrize("rdtype", ["AXFR", "OPT", 0, "TSIG"])
def test_what_is_no_data_of_a_zone_is_not_asked_for(rdtype: Any) -> None:
    with pytest.raises(ValueError, match="is not a type of data in a zone"):
        dnstrace.trace("www.example.com", rdtype, lab="textbook")
