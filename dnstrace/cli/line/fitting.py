"""What goes with what: the one check of everything that was set, by the table of options.

`contradiction` finds what excludes one another, `require_needs` what is missing. Both name what was set as it
was typed. Which of it may be left out instead is decided in `merging`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dnstrace.cli.line.addresses import is_address
from dnstrace.cli.line.forms import Output
from dnstrace.cli.line.options import BY_NAME, EXCLUSIONS, IMPLIED, SECURITY, WORLD
from dnstrace.cli.line.questions import count
from dnstrace.cli.usage import Usage
from dnstrace.model import family_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from dnstrace.cli.line.options import Need
    from dnstrace.cli.line.parsed import Parsed
    from dnstrace.model.asked import Resolver
    from dnstrace.model.expectations import Expectation

_EITHER = frozenset({4, 6})


def contradiction(parsed: Parsed) -> str:
    """The first two things that exclude each other, in a sentence that names both; empty if none do."""
    standing = everything(parsed)
    for name, word in standing.items():
        for other, why in EXCLUSIONS.get(name, {}).items():
            if other in standing:
                it, order = standing[other], [*standing.values()]
                first, second = sorted((word, it), key=order.index)
                return f"{first} and {second} exclude each other: {why.format(me=word, it=it)}"
    return _several_servers(parsed) or _other_family(parsed) or _several_questions(parsed)


def require_fit(words: Parsed) -> None:
    """Raise Usage where words exclude each other."""
    if why := contradiction(words):
        raise Usage(why)


def require_needs(parsed: Parsed) -> None:
    """Raise Usage where an option is set without what it needs."""
    for name, (others, why) in unmet(parsed):
        wanted = " or ".join(BY_NAME[each].typed[0] for each in others if each in BY_NAME)
        raise Usage(f"{parsed.said[name]} needs {wanted}: {why.format(me='it')}")


def unmet(parsed: Parsed) -> Iterator[tuple[str, Need]]:
    """The options that are set without what they need, and what that is."""
    standing = everything(parsed)
    for name in parsed.said:
        for need in BY_NAME[name].needs:
            if not any(other in standing for other in need[0]):
                yield name, need


def everything(parsed: Parsed) -> dict[str, str]:
    """All that the table can name, with the word that set it: opposites, and what is implied, too."""
    found: dict[str, str] = {}
    for name in parsed.origins:  # in the order of the words
        if name in parsed.undone:
            found[BY_NAME[name].opposite] = parsed.undone[name]
        if (word := parsed.said.get(name)) is None:
            continue
        found[name] = word
        if name == "expect" and (text := _only_validation_can_tell(parsed.settings)):
            found[SECURITY] = f"{word} {text}"
        elif name == "lab" and parsed.settings["lab"]:
            found[WORLD] = word
    for name, word in [*found.items()]:
        for implied in IMPLIED.get(name, ()):
            if implied not in parsed.undone:
                found.setdefault(implied, word)
    return found


def expected(settings: Mapping[str, Any]) -> tuple[Expectation, ...]:
    """Everything that is expected."""
    return tuple(expectation for several in settings.get("expect", ()) for expectation in several)


def _only_validation_can_tell(settings: Mapping[str, Any]) -> str:
    """The first of what is expected that needs validation, as it was written; empty if nothing does."""
    return next((each.text for each in expected(settings) if each.what == "security"), "")


def families(parsed: Parsed) -> frozenset[int]:
    """The address families to ask over: those that the flags and the address to ask from allow."""
    allowed = _EITHER
    for _, only in restrictions(parsed):
        allowed &= only
    return allowed


def families_of(resolvers: Iterable[Resolver]) -> frozenset[int]:
    """The families that resolvers can be asked over; either where their addresses are not known yet."""
    found = [
        frozenset({family_of(each.address)}) if is_address(each.address) else _EITHER for each in resolvers
    ]
    return frozenset().union(*found) if found else _EITHER


def _several_servers(parsed: Parsed) -> str:
    servers = parsed.servers
    return f"give one @SERVER to start from: these are {len(servers)}" if len(servers) > 1 else ""


def restrictions(parsed: Parsed) -> Iterator[tuple[str, frozenset[int]]]:
    """What restricts the families to ask over, in words, and to which."""
    bind = parsed.settings.get("bind")
    for name, family in (("ipv4", 4), ("ipv6", 6)):
        if name in parsed.said:
            yield parsed.said[name], frozenset({family})
    if isinstance(bind, str):
        yield f"{parsed.said['bind']} {bind}", frozenset({family_of(bind)})


def _given_addresses(parsed: Parsed) -> Iterator[tuple[str, frozenset[int]]]:
    """What has to be of a family that is asked over, in words, and its families."""
    yield from ((word, only) for word, only in restrictions(parsed) if " " in word)
    for server in parsed.servers:
        if is_address(server):
            yield f"@{server}", frozenset({family_of(server)})
    settings: Mapping[str, Any] = parsed.settings
    for several in settings.get("resolver", ()):
        if several:
            yield f"{parsed.said['resolver']} {several[0].address}", families_of(several)


def _other_family(parsed: Parsed) -> str:
    """What is wrong where an address is of a family that is not asked over."""
    for word, has in _given_addresses(parsed):
        for restriction, only in restrictions(parsed):
            if not has & only:
                asks = f"{restriction} asks over IPv{min(only)} only"
                return f"{word} is an IPv{min(has)} address, but {asks}"
    return ""


def _several_questions(parsed: Parsed) -> str:
    """What is wrong where an option is for one question and there are several."""
    if "file" in parsed.said or not any(BY_NAME[name].single for name in parsed.said):
        return ""
    if (questions := count(parsed.settings)) > 1:
        name = next(name for name in parsed.said if BY_NAME[name].single)
        jsonl = BY_NAME[name].value is Output.JSON
        instead = "use --jsonl, one object per line" if jsonl else "give one name and type at a time"
        return f"{parsed.said[name]} {BY_NAME[name].single}, and these are {questions}: {instead}"
    return ""
