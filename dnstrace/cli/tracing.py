"""From choices to traces, and from traces to output and an exit status."""

from __future__ import annotations

import gc
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from dnstrace import api
from dnstrace.cli.exits import Exit
from dnstrace.cli.exporting import check_exports, export
from dnstrace.cli.options import Output
from dnstrace.cli.output import FORMS
from dnstrace.cli.progress import Progress
from dnstrace.cli.remarks import remarks
from dnstrace.cli.saving import recorded, save
from dnstrace.cli.usage import Usage, shown
from dnstrace.model import Outcome, Question, Trace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dnstrace.cli.choices import Choices
    from dnstrace.cli.environment import Environment
    from dnstrace.dnssec import Anchors
    from dnstrace.expect import Expectation
    from dnstrace.lab.world import World
    from dnstrace.model import Delegation
    from dnstrace.port import Network
    from dnstrace.resolvers import Resolver

_STATUS = {
    Outcome.ANSWER: Exit.ANSWER,
    Outcome.REFERRAL: Exit.ANSWER,
    Outcome.NODATA: Exit.NEGATIVE,
    Outcome.NXDOMAIN: Exit.NEGATIVE,
}
_LAB_PORT = 53


class Plan(NamedTuple):
    """What is asked, and the further arguments of `api.trace` that say how."""

    questions: tuple[Question, ...]
    how: dict[str, Any]


def trace_all(chosen: Choices, environment: Environment) -> int:
    """Trace and print one question after the other; the exit status. Raises Usage."""
    plan = planned(chosen)
    plan = plan._replace(how=recorded(plan.how, len(plan.questions), chosen, environment))
    if chosen.http:
        from dnstrace.cli.fetching import requests

        requests(chosen)
    check_exports(chosen, len(plan.questions), environment)
    _check_expected(plan, chosen.expected)
    progress = Progress(chosen, environment)
    if len(plan.questions) > 1:
        gc.enable()  # `cli.main` starts without
    ended: list[Trace] = []
    for question in plan.questions:
        trace = expected_of(_trace(question, plan, progress), chosen.expected)
        if chosen.http:
            from dnstrace.cli.fetching import fetched

            trace = fetched(trace, chosen)
        try:
            save(trace, plan.how, chosen)
            export(trace, chosen)
        finally:
            environment.write(FORMS[chosen.output](trace, chosen, environment))
        if chosen.output is Output.SHORT:
            for remark in remarks(trace):
                environment.remark(f"{question}: {remark}")
        ended.append(trace)
        if trace.interrupted:
            break
    return status(ended)


def planned(chosen: Choices) -> Plan:
    """The questions and the means that the user chose. Raises Usage."""
    how: dict[str, Any] = {
        "settings": chosen.settings,
        "limits": chosen.limits,
        "server": chosen.server,
        "seed": chosen.seed,
    }
    if chosen.parent_only:
        how["parent_only"] = True
    if chosen.supposed:
        how["supposed"] = chosen.supposed
    if chosen.resolvers:
        how["resolvers"] = chosen.resolvers
    if chosen.hints is not None:
        how["roots"] = _roots(chosen.hints)
    if chosen.lab is not None:
        return _in_the_lab(chosen, how)
    if chosen.record is not None:
        from dnstrace.cli.replaying import over_the_record

        return Plan(chosen.questions, how | over_the_record(chosen, _anchors))
    if chosen.dnssec:
        how |= {"anchors": _anchors(chosen.anchors), "at": chosen.at}
    if chosen.settings.bind is not None:
        _check_source(chosen.settings.bind)
    return Plan(chosen.questions, how)


def _check_source(address: str) -> None:
    from dnstrace.network.live import check_source

    try:
        check_source(address)
    except OSError as error:
        raise Usage(f"-b {address}: this machine cannot send from it ({error.strerror})") from error


def _roots(path: str) -> Delegation:
    from dnstrace.roots import HintsError, read_hints

    try:
        return read_hints(path)
    except HintsError as error:
        raise Usage(f"--root-hints: {error}") from error


def _anchors(path: str | None, world: World | None = None) -> Anchors:
    """The trust anchors in the file; without one, those of the world or of the package."""
    from dnstrace.dnssec import (
        AnchorsError,
        MissingCryptography,
        parse_anchors,
        read_anchors,
        require_cryptography,
        root_anchors,
    )

    try:
        require_cryptography()
        if path is not None:
            return read_anchors(path)
        return root_anchors() if world is None else parse_anchors(world.anchors_text, f"world {world.name}")
    except MissingCryptography as error:
        raise Usage(f"--dnssec: {error}") from error
    except AnchorsError as error:
        raise Usage(f"--trust-anchor: {error}") from error


def _in_the_lab(chosen: Choices, how: dict[str, Any]) -> Plan:
    """The plan in a world of the lab: its network, its clock, and its question if there is no other."""
    from dnstrace.lab.network import LabNetwork
    from dnstrace.lab.world import load

    world = load(chosen.lab) if chosen.lab else load()
    validated = chosen.dnssec or (world.expect.security is not None and chosen.settings.edns is not None)
    if validated:
        how |= {"anchors": _anchors(chosen.anchors, world), "at": chosen.at}
    if resolvers := _resolvers_in(chosen, world):
        how["resolvers"] = resolvers
    how |= {"network": _alive(LabNetwork(world, signed=validated), world, chosen), "now": world.now}
    types = chosen.types or (world.question.rdtype,)
    own = tuple(replace(world.question, rdtype=rdtype) for rdtype in types)
    return Plan(chosen.questions or own, how)


def _alive(network: Network, world: World, chosen: Choices) -> Network:
    """The lab, less the servers that are dropped."""
    if not chosen.drop:
        return network
    from dnstrace.cli.replaying import without

    servers = {str(each.name): frozenset(each.rtt) for each in world.servers}
    return without(chosen.drop, network, servers, f"world {world.name}")


def _resolvers_in(chosen: Choices, world: World) -> tuple[Resolver, ...]:
    """The resolvers to ask in a world: those chosen, which must be there, or else its own."""
    from dnstrace.model import Transport
    from dnstrace.resolvers import Resolver

    for each in chosen.resolvers:
        if each.transport is not Transport.UDP:
            raise Usage(
                f"--resolver {each.transport}: the lab knows no TLS; leave --lab out, or ask an address"
            )
        if each.address not in world.addresses or each.port != _LAB_PORT:
            there = f"; there is {', '.join(world.resolvers)}" if world.resolvers else ""
            at = "" if each.port == _LAB_PORT else f" port {each.port}"
            raise Usage(f"--resolver: world {world.name} has no resolver at {each.address}{at}{there}")
    own = () if chosen.parent_only else world.resolvers
    return chosen.resolvers or tuple(Resolver(address) for address in own)


def _trace(question: Question, plan: Plan, progress: Progress) -> Trace:
    """Trace one question; what was found so far if the user stops it."""
    with progress:
        try:
            return api.trace(question.name, question.rdtype, on_change=progress.update, **plan.how)
        except KeyboardInterrupt:
            if progress.latest is None:
                raise
            return replace(progress.latest, interrupted=True)


def _check_expected(plan: Plan, expected: tuple[Expectation, ...]) -> None:
    """Raise Usage where something is expected that no question can tell."""
    for expectation in expected:
        if not any(map(expectation.concerns, plan.questions)):
            word = expectation.what.upper()
            raise Usage(
                f"--expect {shown(expectation.text)}: no {word} record is asked for; add the type {word}"
            )


def expected_of(trace: Trace, expected: tuple[Expectation, ...]) -> Trace:
    """The trace with the verdict on what was expected of it, if it came to an end."""
    if not expected or trace.interrupted:
        return trace
    from dnstrace.expect import judge

    told = (each for each in expected if each.concerns(trace.question))
    return replace(trace, expectations=tuple(judge(trace, each) for each in told))


def status(traces: Iterable[Trace]) -> Exit:
    """The exit status that `traces` lead to."""
    each = [_status(trace) for trace in traces]
    for worst in (Exit.INTERRUPTED, Exit.FAILED, Exit.BOGUS, Exit.FINDINGS):
        if worst in each:
            return worst
    return each[0] if len(each) == 1 else Exit.ANSWER


def _status(trace: Trace) -> Exit:
    """That of the trace's end; an end that is expected is ANSWER, what else is not as expected FINDINGS."""
    expected = trace.expectations or ()
    said = [met.expectation for met in expected if met.met]
    found = _ended(trace, any(each.what == "security" and each.value == "bogus" for each in said))
    if found in (Exit.NEGATIVE, Exit.FAILED) and any(each.says_how_it_ends for each in said):
        found = Exit.ANSWER
    as_expected = all(met.met for met in expected) and not _has_error(trace)
    as_expected = as_expected and (trace.fetched is None or trace.fetched.served)
    return found if as_expected or found not in (Exit.ANSWER, Exit.NEGATIVE) else Exit.FINDINGS


def _has_error(trace: Trace) -> bool:
    """Whether a check found that some resolvers fail."""
    return any(finding.level.value == "error" for finding in trace.findings or ())


def _ended(trace: Trace, bogus_expected: bool) -> Exit:
    """The status of the trace's end, whatever is expected of it but that it is bogus."""
    if trace.interrupted:
        return Exit.INTERRUPTED
    if trace.outcome is not Outcome.FAILED and trace.judgement is not None and not bogus_expected:
        from dnstrace.dnssec import Security

        if trace.judgement.security is Security.BOGUS:
            return Exit.BOGUS
    return _STATUS.get(trace.outcome or Outcome.FAILED, Exit.FAILED)
