"""A valid value for every option that takes one, and how an option is typed with it."""

from __future__ import annotations

from pathlib import Path

from dnstrace.cli.line.options import BY_NAME
from tests.cli.running import run

VALUES = {
    "type": "MX",
    "name": "www.example.com",
    "reverse": "192.0.2.44",
    "lab": "textbook",
    "from": "command:false",
    "serve": "ports",
    "port": "5353",
    "bind": "127.0.0.1",
    "timeout": "1",
    "tries": "1",
    "deadline": "5",
    "max-queries": "100",
    "bufsize": "1232",
    "subnet": "192.0.2.0/24",
    "seed": "1",
    "at": "20260115120000",
    "resolver": "192.0.2.153",
    "undelegated": "example.org=ns1.example.net",
    "ds": "example.org=1 13 2 " + "00" * 32,
    "expect": "a=192.0.2.44",
    "fail-on": "warning",
    "level": "warning",
    "until": "ok",
    "ignore": "lame-server@example.com",
    "format": "junit",
    "color": "never",
    "concurrency": "50",
    "workers": "2",
    "rate": "1000",
    "dask": "tcp://127.0.0.1:1",
    "watch": "60",
    "drop": "198.41.0.4",
}
_FILES = (
    "ignore-file",
    "root-hints",
    "trust-anchor",
    "html",
    "svg",
    "file",
    "out",
    "save",
    "replay",
    "diff",
    "pcap",
)


def values_in(directory: Path) -> dict[str, str]:
    """The same with files: those that are read exist, those that are written do not."""
    found = VALUES | {name: str(directory / f"new-{name}") for name in _FILES}
    (directory / "hints").write_text(". NS a.root.example.\na.root.example. A 127.0.0.1\n")
    (directory / "anchors").write_text(". IN DS 20326 8 2 " + "00" * 32 + "\n")
    (directory / "names").write_text("www.example.com\n")
    (directory / "ignored").write_text("lame-server@example.com It is replaced next month.\n")
    record = directory / "record.json"
    assert run("--lab", "textbook", "--seed=1", "--save", str(record)).status == 0
    found |= {"ignore-file": str(directory / "ignored")}
    found |= {"root-hints": str(directory / "hints"), "trust-anchor": str(directory / "anchors")}
    return found | {"file": str(directory / "names"), "replay": str(record), "diff": str(record)}


def typed(name: str, values: dict[str, str]) -> str:
    """The word that sets an option, or takes a flag back by the name of its opposite."""
    return f"--{name}={values[name]}" if name in BY_NAME and BY_NAME[name].metavar else f"--{name}"
