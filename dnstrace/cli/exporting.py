"""Files that show a trace in another form, in addition to the output; `render` makes their content."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from dnstrace.cli.usage import Usage
from dnstrace.model import Transport

if TYPE_CHECKING:
    from dnstrace.cli.environment import Environment
    from dnstrace.cli.line.choices import Choices, Files
    from dnstrace.model.report import Report

_ENCRYPTED = {Transport.TLS, Transport.HTTPS}


class Export(NamedTuple):
    """A file to write: the option that names it, its path, and what makes its octets."""

    option: str
    path: str
    make: Callable[[Report], bytes]


def check_exports(chosen: Choices, questions: int, environment: Environment) -> None:
    """Raise Usage if a file cannot be written, or would have to show more than one trace."""
    for option, path, _ in _exports_wanted(chosen.files):
        from dnstrace.cli.files import check_file

        if questions > 1:
            raise Usage(
                f"{option} shows one trace, and these are {questions}: give one name and type at a time"
            )
        check_file(option, path, chosen.files.force, environment)
    if chosen.files.pcap is not None and any(each.transport in _ENCRYPTED for each in chosen.resolvers):
        environment.remark("--pcap: packets of TLS and HTTPS are not included")


def export(report: Report, files: Files) -> None:
    """Write the files that the user asked for. Raises Unwritable."""
    for _, path, make in _exports_wanted(files):
        from dnstrace.cli.files import write_file

        write_file(path, make(report), files.force)


def _exports_wanted(files: Files) -> list[Export]:
    made: list[tuple[str, str | None, Callable[[Report], bytes]]] = [
        ("--pcap", files.pcap, _pcap),
        ("--svg", files.svg, _svg),
        ("--html", files.html, _html),
    ]
    return [Export(option, path, make) for option, path, make in made if path is not None]


def _pcap(report: Report) -> bytes:
    from dnstrace.render.capture import capture

    return capture(report)


def _svg(report: Report) -> bytes:
    from dnstrace.render.pictures import svg

    return svg(report).encode()


def _html(report: Report) -> bytes:
    from dnstrace.render.html_page import html_page

    return html_page(report).encode()
