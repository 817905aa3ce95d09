"""Which levels a rule can give to what it finds, from the source: those named in it and in what it uses."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from dnstrace import checks
from dnstrace.checks import Level, Rule

Place = tuple[str, str]
"""A module below `dnstrace.checks`, and a function in it."""


def levels_in_source(rule: Rule) -> set[Level]:
    """The usual level of a rule, and every level that is named in a function which it may call."""
    waiting, seen = [(rule.module, rule.code.replace("-", "_"))], set[Place]()
    found = {rule.level}
    while waiting:
        place = waiting.pop()
        if place not in seen and place[1] in _functions(place[0]):
            seen.add(place)
            body = _functions(place[0])[place[1]]
            found |= {Level[name] for name in _levels(body)}
            used = {node.id for node in body if isinstance(node, ast.Name)}
            waiting += [_imported(place[0]).get(name, (place[0], name)) for name in used]
    return found


def _levels(body: list[ast.AST]) -> set[str]:
    return {
        node.attr
        for node in body
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Level"
    }


@cache
def _tree(module: str) -> ast.Module:
    path = Path(checks.__file__).parents[1].joinpath(*module.split(".")[1:]).with_suffix(".py")
    return ast.parse(path.read_text("utf-8") if path.exists() else "")


@cache
def _functions(module: str) -> dict[str, list[ast.AST]]:
    """Every node of the body of each function, without its decorators."""
    functions = (node for node in _tree(module).body if isinstance(node, ast.FunctionDef))
    return {each.name: [node for line in each.body for node in ast.walk(line)] for each in functions}


@cache
def _imported(module: str) -> dict[str, Place]:
    """What a module has from another one of the package, by its name there."""
    imports = (node for node in ast.walk(_tree(module)) if isinstance(node, ast.ImportFrom))
    return {
        each.asname or each.name: (node.module or "", each.name)
        for node in imports
        if (node.module or "").startswith("dnstrace.checks.")
        for each in node.names
    }
