"""`--from`: traces from other places, the replay of them, and what differs between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dnstrace.cli.environment import Environment
    from dnstrace.cli.line.choices import Choices


def run_places(chosen: Choices, environment: Environment) -> int:
    """Do what the user chose, where places are concerned; the exit status. Raises Usage, Unwritable."""
    if chosen.many is not None:
        from dnstrace.cli.places.many import trace_file_from_places

        return trace_file_from_places(chosen, chosen.many, environment)
    if chosen.diff:
        from dnstrace.cli.places.comparing import compare_places

        return compare_places(chosen, environment)
    from dnstrace.cli.places.run import trace_places

    return trace_places(chosen, environment)
