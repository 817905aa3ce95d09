from dataclasses import replace

import dns.edns
import dns.flags
from rich.text import Text

from dnstrace.model import Attempt, Fault
from dnstrace.render.layout import UNICODE, Node, rows
from dnstrace.render.records import reply_nodes
from tests.cli.running import run
from tests.render import traces
from tests.replies import name, reply


def lines(attempt: Attempt, zone: str = "com.") -> list[str]:
    return [row.plain[3:] for row in rows(Node(Text(""), reply_nodes(attempt, name(zone))), 200, UNICODE)][1:]


def attempt() -> Attempt:
    exchange = reply(
        "www.example.com. A",
        authority=("example.com. 300 NS ns1.example.com. | ns.example.net.",),
        additional=("ns1.example.com. 300 A 192.0.2.1", "ns.example.net. 300 A 203.0.113.1"),
    )
    assert exchange.message is not None
    exchange.message.id = 4711
    return traces.Story("www.example.com. A").asked("a.gtld-servers.net.", "192.5.6.30", "com.", exchange, 8)


def test_header_and_every_section_that_is_not_empty() -> None:
    shown = attempt()
    assert lines(shown) == [
        f"QUERY NOERROR · id 4711 · flags qr · {len(shown.exchange.wire or b'')} octets · no EDNS",
        "authority",
        "├─ example.com. 300 IN NS ns1.example.com.",
        "└─ example.com. 300 IN NS ns.example.net.",
        "additional",
        "├─ ns1.example.com. 300 IN A 192.0.2.1",
        "└─ ns.example.net. 300 IN A 203.0.113.1   not used: outside com",
    ]


def test_edns() -> None:
    shown = attempt()
    message = shown.exchange.message
    assert message is not None
    message.use_edns(
        0,
        dns.flags.DO,
        4096,
        options=[dns.edns.CookieOption(b"12345678", b"abcdefgh"), dns.edns.ECSOption("192.0.2.0", 24, 0)],
    )
    assert lines(shown)[0].endswith(
        "EDNS 0, UDP 4096, DO · cookie 31323334353637386162636465666768 · subnet 192.0.2.0/24/0"
    )


def test_nothing_where_nothing_came() -> None:
    story = traces.Story("www.example.com. A")
    assert (
        reply_nodes(story.fault("a.example.", "192.0.2.1", "com.", Fault.TIMEOUT, 2000), name("com.")) == []
    )


def test_no_flags() -> None:
    shown = attempt()
    message = shown.exchange.message
    assert message is not None
    message.flags = dns.flags.Flag(0)
    assert "no flags" in lines(replace(shown))[0]


def test_hostile_records_are_harmless() -> None:
    assert all(map(str.isprintable, lines(traces.hostile().steps[2].attempts[0])))


def test_a_record_of_another_class_is_shown_as_what_it_is() -> None:
    ran = run("--lab", "wrong-class", "-v", "--seed", "1", "--all-servers")
    assert 'www.example.com. 300 CH TXT "chaos"' in ran.out
