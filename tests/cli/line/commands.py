"""One command line of each kind, all of which work."""

from __future__ import annotations

COMMANDS = {
    "a name": "www.example.com",
    "two names": "a.example b.example",
    "two types": "www.example.com A MX",
    "the lab": "--lab",
    "a world": "--lab dnssec-good",
    "worlds": "--lab list",
    "a type in the lab": "--lab AAAA",
    "a file": "--lab -f {file}",
    "a file for programs": "--lab -f {file} --jsonl",
    "a cluster": "-f {file} --dask tcp://127.0.0.1:1",
    "a replay": "--replay {replay}",
    "a diff": "--diff {diff}",
    "two files": "--diff {diff} {diff}",
    "a watch": "--lab --watch 60",
    "the parent": "--parent-only example.com",
    "without EDNS": "--no-edns www.example.com",
    "without validation": "--no-dnssec --check www.example.com",
    "one family": "-4 www.example.com",
    "the other": "-6 www.example.com",
    "a server": "@2001:db8::1 www.example.com",
    "an address to ask from": "-b 127.0.0.1 www.example.com",
    "a resolver": "--resolver 192.0.2.1 www.example.com",
    "JSON": "--json www.example.com",
    "pages": "--http www.example.com",
    "an expectation": "--expect 'mx=10 mail.example.com' www.example.com MX",
    "everything": "--check --nsid --cookie --tcp www.example.com",
    "a time": "--dnssec --at 20260115120000 www.example.com",
    "a file to keep": "--save {save} www.example.com",
    "the version": "--version",
    "the schema": "--schema",
}
"""By kind; what stands in braces is a file of `values_of_options`."""
