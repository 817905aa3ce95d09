"""`--save`: keep the trace in a file. Without the option nothing of this is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dnstrace.cli.usage import Usage

if TYPE_CHECKING:
    from dnstrace.cli.environment import Environment
    from dnstrace.cli.line.choices import Choices
    from dnstrace.cli.planning import Planned
    from dnstrace.model.report import Report


def recorded(plan: Planned, chosen: Choices, environment: Environment) -> Planned:
    """The plan, with a network that is recorded if the trace will be saved.

    Raises Usage if the file cannot be written, or there is more than one trace.
    """
    if chosen.files.save is None:
        return plan
    from dnstrace.network.live import LiveNetwork
    from dnstrace.network.recording import RecordingNetwork

    check_save(len(plan.questions), chosen, environment)
    network = plan.network or LiveNetwork(bind=chosen.settings.bind)
    return plan._replace(network=RecordingNetwork(network))


def check_save(count: int, chosen: Choices, environment: Environment) -> None:
    """Raise Usage if the file of `--save` cannot be written, or there are several traces."""
    if chosen.files.save is None:
        return
    from dnstrace.cli.files import check_file

    if count > 1:
        raise Usage(f"--save keeps one trace, and these are {count}: give one name and type at a time")
    check_file("--save", chosen.files.save, chosen.files.force, environment)


def save(report: Report, plan: Planned, chosen: Choices) -> None:
    """Save the trace of a `recorded` plan if the user asked for it. Raises Unwritable."""
    if chosen.files.save is None:
        return
    from dnstrace.cli.files import write_file
    from dnstrace.network.recording import RecordingNetwork
    from dnstrace.record import packed

    assert isinstance(plan.network, RecordingNetwork)
    course = plan.network.course
    expected = tuple(expectation.text for expectation in chosen.expected)
    octets = packed(chosen.files.save, report, plan.tracing, course, expected=expected)
    write_file(chosen.files.save, octets, chosen.files.force)
