"""`--save`: the trace kept in a file. Nothing of it is imported where nothing is to be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dnstrace.cli.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dnstrace.cli.environment import Environment
    from dnstrace.cli.line.choices import Choices
    from dnstrace.model import Trace


def recorded(
    how: dict[str, Any], questions: int, chosen: Choices, environment: Environment
) -> dict[str, Any]:
    """The arguments of `api.trace` for so many questions, with a network that is recorded if that is wanted.

    Raises Usage where the file cannot be written, or the traces are more than one.
    """
    if chosen.files.save is None:
        return how
    from dnstrace.cli.files import check_file
    from dnstrace.network.live import LiveNetwork
    from dnstrace.network.recording import RecordingNetwork

    if questions > 1:
        raise Usage(f"--save keeps one trace, and these are {questions}: give one name and type at a time")
    check_file("--save", chosen.files.save, chosen.files.force, environment)
    network = how.get("network") or LiveNetwork(bind=chosen.settings.bind)
    return how | {"network": RecordingNetwork(network)}


def save(trace: Trace, how: Mapping[str, Any], chosen: Choices) -> None:
    """Save a trace that was made with the arguments `how`, if that is wanted. Raises Unwritable."""
    if chosen.files.save is None:
        return
    from dnstrace.cli.files import write_file
    from dnstrace.record import packed

    expected = tuple(expectation.text for expectation in chosen.expected)
    write_file(
        chosen.files.save, packed(chosen.files.save, trace, how, expected=expected), chosen.files.force
    )
