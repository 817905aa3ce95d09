"""What goes to other processes is the same there, whatever numbers the network has made up."""

from __future__ import annotations

import pickle
import subprocess
import sys

import dns.message
import dns.rdatatype
import dns.rrset
import pytest

from dnstrace.bulk.carrying import Batch, by_number, results_in


def test_numbers_without_a_name_are_found_again_in_another_process() -> None:
    by_number()
    message = dns.message.make_response(dns.message.make_query("a.example.", "TYPE65280", payload=8191))
    message.answer.append(dns.rrset.from_text("a.example.", 1, "IN", "TYPE65280", r"\# 1 00"))
    message.answer.append(dns.rrset.from_text("a.example.", 1, "IN", "SVCB", "1 . key65280=x"))
    message.answer.append(dns.rrset.from_text("a.example.", 1, "IN", "DS", "1 200 201 00"))
    read = dns.message.from_wire(message.to_wire())
    program = "import pickle, sys; print(pickle.load(sys.stdin.buffer).to_wire().hex())"
    found = subprocess.run(
        [sys.executable, "-c", program], input=pickle.dumps(read), capture_output=True, check=True
    )
    assert found.stdout.decode().strip() == read.to_wire().hex()


def test_what_results_of_one_batch_have_in_common_is_sent_once() -> None:
    shared = "of all of them" * 100
    found = [(number, (shared, number)) for number in range(20)]
    batch = Batch()
    for each in found:
        batch.add(each)
    assert [*results_in(batch.octets())] == found
    assert batch.octets().count(shared.encode()) == 1
    with pytest.raises((AttributeError, pickle.PicklingError)):
        batch.add(lambda: None)
