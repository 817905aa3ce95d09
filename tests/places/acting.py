"""A place that behaves as its argument says: `python -m tests.places.acting WAY`, and words for Python."""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections.abc import Callable

from dnstrace.places.frames import framed, read_frame

_OUT = sys.stdout.buffer
_ASKED: list[object] = []


def _greeted() -> None:
    """Greet as an installed dnstrace does."""
    script = sys.stdin.buffer.read(int(sys.stdin.buffer.readline())).decode()
    token = re.search(r"TOKEN = '(\w+)'", script)
    assert token is not None
    _OUT.write(f"Welcome! \x1b[2J\ndnstrace-place {token[1]} hello\n".encode())
    _OUT.write(framed("hello", json.dumps({"by": "dnstrace \x1b]0;x\x07"}).encode()))
    _OUT.flush()


def _requested() -> bytes:
    """Wait for the request; who sends no trace needs nothing of it, nor what would have to be imported."""
    frame = read_frame(sys.stdin.buffer, 2**24)
    assert frame is not None
    _ASKED.append(json.loads(frame[1])["question"])
    return frame[1]


def _record() -> tuple[bytes, bytes]:
    """The number of the request, and an honest record of the lab's world that it asks for."""
    from dnstrace.places.asking import read
    from tests.places.lab import record

    return b"%d" % read(_requested()).number, record()


def _asked() -> object:
    """The question of the last request."""
    return _ASKED[-1]


def honest() -> None:
    _greeted()
    number, octets = _record()
    _OUT.write(framed("progress", b'{"number": 7, "zone": "\\u001b[2Jcom", "queries": 3}'))
    _OUT.write(framed("record", number + b" " + octets))


def lies() -> None:
    """The answer in the document is another one, whatever the question was."""
    _greeted()
    number, octets = _record()
    found = json.loads(gzip.decompress(octets))
    found["question"] = _asked()
    found["answer"][0]["rdata"] = ["198.51.100.66"]
    found["steps"][-1]["outcome"] = "nxdomain"
    _OUT.write(framed("record", number + b" " + gzip.compress(json.dumps(found).encode())))


def hangs() -> None:
    sys.stdin.buffer.read()
    sys.stdin.close()
    while True:
        import signal

        signal.pause()


def floods() -> None:
    for _ in range(100):
        _OUT.write(b"\0" * 2**20)


def floods_in_lines() -> None:
    for _ in range(2**20):
        _OUT.write(
            b"all is well here, nothing to see, move along, please do, and do not look back at this..\n" * 2
        )


def promises_too_much() -> None:
    _greeted()
    _requested()
    _OUT.write(b"record 104857600\n" + b"\0" * 2**20)


def stops_halfway() -> None:
    _greeted()
    number, octets = _record()
    _OUT.write(framed("record", number + b" " + octets)[:-100])


def says_nonsense() -> None:
    _greeted()
    _requested()
    _OUT.write(b"nonsense 2\n{}")


def says_odd_things() -> None:
    _greeted()
    _requested()
    _OUT.write(framed("progress", b'{"number": 1, "zone": ["x"], "queries": 1}'))


def nests_deeply() -> None:
    _greeted()
    _requested()
    _OUT.write(framed("progress", b"[" * 100_000))


def leaves_out_the_number() -> None:
    _greeted()
    _requested()
    _OUT.write(framed("failure", b"{}"))


def counts_to_infinity() -> None:
    _greeted()
    _requested()
    _OUT.write(framed("progress", b'{"number": 1, "zone": "com", "queries": 1e999}'))


def ends() -> None:
    sys.stderr.write("Permission denied (publickey).\x1b[2J\n\n")
    sys.exit(255)


WAYS: tuple[Callable[[], None], ...] = (
    honest,
    lies,
    hangs,
    floods,
    floods_in_lines,
    promises_too_much,
    stops_halfway,
    says_nonsense,
    says_odd_things,
    nests_deeply,
    leaves_out_the_number,
    counts_to_infinity,
    ends,
)


if __name__ == "__main__":
    wanted = sys.argv[1]
    next(way for way in WAYS if way.__name__ == wanted)()
    _OUT.flush()
    if wanted in ("honest", "lies"):
        sys.stdin.buffer.read()
