"""What each server answered in two traces: which of them changed, and what chance alone changes."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from dnstrace.analysis.served import ChangedData, at, changed_serials, unlike_answers

WWW = "www.example.com.", "A"
Answers = dict[str, tuple[int | None, tuple[str, ...] | None]]


def trace(answers: Answers, level: str = "") -> dict[str, Any]:
    """A document: by address, the serial and the data of www; no data if the address was not heard."""
    servers = []
    for number, (address, (serial, rdata)) in enumerate(answers.items(), 1):
        answer = [{"name": WWW[0], "type": "A", "ttl": 300, "rdata": rdata}] if rdata else []
        meaning = "timeout" if rdata is None else "answer" if rdata else "nodata"
        known = {"address": address, "serial": serial, "meaning": meaning, "answer": answer}
        servers.append({"name": f"ns{number}.example.com.", "addresses": [known]})
    found = [{"code": "answers-differ", "level": level, "zone": "example.com."}] if level else []
    return {"reconciliation": [{"zone": "example.com.", "servers": servers}], "findings": found}


def changes(old: Answers, new: Answers, level: str = "") -> list[ChangedData]:
    return unlike_answers(trace(old), trace(new, level))[1]


OLD: Answers = {"192.0.2.1": (2, (".44",)), "192.0.2.2": (2, (".44",)), "192.0.2.3": (1, (".99",))}


def test_a_server_that_changed_alone_is_named() -> None:
    gone, come = changes(OLD, {**OLD, "192.0.2.3": (1, (".98",))})
    assert gone == ChangedData("example.com.", WWW, ".99", True, ("ns3.example.com",))
    assert come == ChangedData("example.com.", WWW, ".98", False, ("ns3.example.com",))
    lost = changes(OLD, {**OLD, "192.0.2.1": (2, ()), "192.0.2.2": (2, ())})
    assert [(each.data, each.gone, each.servers) for each in lost] == [
        (".44", True, ("ns1.example.com", "ns2.example.com"))
    ]


@pytest.mark.parametrize(
    ("new", "level"),
    [
        (OLD, ""),
        (OLD | {"192.0.2.3": (1, None)}, ""),  # not heard now
        (dict.fromkeys(OLD, (3, (".45",))) | {"192.0.2.3": (3, None)}, ""),  # all that were heard, alike
        (OLD | {"192.0.2.3": (2, (".44",)), "192.0.2.1": (2, (".99",))}, ""),  # the same data, dealt anew
        (OLD | {"192.0.2.3": (1, (".98",))}, "notice"),  # chosen for each query
    ],
)
def test_what_chance_does_or_the_whole_zone_is_no_change_of_a_server(new: Answers, level: str) -> None:
    assert changes(OLD, new, level) == []


def test_the_order_of_records_is_no_change() -> None:
    assert changes({**OLD, "192.0.2.3": (1, (".1", ".2"))}, {**OLD, "192.0.2.3": (1, (".2", ".1"))}) == []


def test_a_serial_names_servers_only_if_not_all_changed_alike() -> None:
    def serials(*new: int) -> list[Any]:
        has = trace({address: (serial, ()) for address, serial in zip(OLD, new, strict=True)})
        return changed_serials(trace(OLD)["reconciliation"][0], has["reconciliation"][0])

    assert serials(2, 2, 2) == [(("ns3.example.com",), 1, 2)]
    assert serials(3, 3, 1) == [(("ns1.example.com", "ns2.example.com"), 2, 3)]
    alone: tuple[Answers, ...] = {"192.0.2.1": (1, ())}, {"192.0.2.1": (2, ())}
    assert changed_serials(*(trace(each)["reconciliation"][0] for each in alone)) == [((), 1, 2)]


def test_an_address_is_named_if_the_server_has_another_that_did_not_change() -> None:
    old = trace(OLD)
    first, second, _ = old["reconciliation"][0]["servers"]
    first["addresses"] += second["addresses"]
    del old["reconciliation"][0]["servers"][1]
    new = copy.deepcopy(old)
    new["reconciliation"][0]["servers"][0]["addresses"][1]["answer"][0]["rdata"] = [".98"]
    assert {each.servers for each in unlike_answers(old, new)[1]} == {("ns1.example.com (192.0.2.2)",)}


def test_the_end_of_a_sentence() -> None:
    ends = at(()), at(("a",)), at(("a", "b")), at(("a", "b", "c"))
    assert ends == ("", " at a", " at a and b", " at a, b and c")
