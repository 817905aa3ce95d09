"""The boxes around the zones: the user, the browser, the resolver, the web server and the page."""

from __future__ import annotations

from dataclasses import replace

from dnstrace.api import report
from dnstrace.model import Trace
from dnstrace.model.pages import Request, Visit
from dnstrace.model.taken import Fetched
from dnstrace.render.map_stages import Line, Mark, Stage, asking_stages, ending_stages, numbered
from tests.checks.checking import walked
from tests.render import traces


def fetched(visit: Visit) -> Trace:
    return replace(traces.plain(), fetched=Fetched(Request("www.example.com"), (visit,)))


def ends(trace: Trace) -> list[tuple[str, str, tuple[Line, ...]]]:
    return [(stage.title, stage.arrow, stage.lines) for stage in ending_stages(report(trace))]


def test_who_asks() -> None:
    assert [stage.title for stage in asking_stages(report(traces.plain()))] == ["user", "browser", "resolver"]
    assert [stage.title for stage in asking_stages(report(traces.many_texts()))][1] == "program"


def test_the_page_is_as_it_was_seen() -> None:
    ok = Visit("192.0.2.44", connected=0.02, answered=0.04, status=200, reason="OK")
    assert ends(fetched(ok))[1:] == [
        (
            "web server 192.0.2.44",
            "⑧ browser requests http://www.example.com/",
            (Line("connected in 20 ms"),),
        ),
        ("browser", "⑨ sends the page", (Line("200 OK", Mark.GOOD),)),
    ]
    gone = Visit("192.0.2.44", fault="connection refused")
    assert ends(fetched(gone))[-1] == ("browser", "⑨", (Line("no page: connection refused", Mark.BAD),))


def test_a_failure_ends_at_the_resolver() -> None:
    ((title, _, lines),) = ends(walked("all-silent"))
    assert (title, lines) == ("resolver", (Line("has no answer to pass on", Mark.BAD),))


def test_an_arrow_without_a_leg_has_no_number() -> None:
    assert numbered(Stage("a", ()), None).arrow == ""
