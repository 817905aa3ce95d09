#!/usr/bin/env python3
"""Write dnstrace/model/special.py from the IANA special-purpose address registries.

    .ci/special_addresses.py
    .ci/special_addresses.py --date 2026-11-29 IPV4.csv IPV6.csv

The first form reads special-addresses.csv, which lies next to this script. The second form updates that
table first, from the two registries in CSV:

    https://www.iana.org/assignments/iana-ipv4-special-registry/iana-ipv4-special-registry-1.csv
    https://www.iana.org/assignments/iana-ipv6-special-registry/iana-ipv6-special-registry-1.csv

Multicast has registries of its own, and so has the IPv6 address space: the script adds the two blocks of the
former, what is outside 2000::/3, and IPv4-compatible addresses, which are deprecated.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections.abc import Iterable, Iterator
from ipaddress import ip_network
from pathlib import Path

TABLE = Path(__file__).with_name("special-addresses.csv")
MODULE = Path(__file__).parents[1] / "dnstrace" / "model" / "special.py"

COLUMNS = ("Address Block", "Name", "RFC", "Globally Reachable")
ELSEWHERE = (
    ("224.0.0.0/4", "Multicast", "[RFC5771]", "False"),
    ("ff00::/8", "Multicast", "[RFC4291]", "False"),
    ("::/96", "IPv4-compatible address", "[RFC4291]", "False"),
    ("::/3", "Not in use", "[RFC4291]", "False"),
    ("4000::/2", "Not in use", "[RFC4291]", "False"),
    ("8000::/1", "Not in use", "[RFC4291]", "False"),
)
USES = {
    "0.0.0.0/8": "this-network",
    "0.0.0.0/32": "unspecified",
    "::/128": "unspecified",
    "127.0.0.0/8": "loopback",
    "::1/128": "loopback",
    "169.254.0.0/16": "link-local",
    "fe80::/10": "link-local",
    "10.0.0.0/8": "private",
    "172.16.0.0/12": "private",
    "192.168.0.0/16": "private",
    "fc00::/7": "private",
    "100.64.0.0/10": "shared",
    "224.0.0.0/4": "multicast",
    "ff00::/8": "multicast",
    "240.0.0.0/4": "reserved",
    "255.255.255.255/32": "reserved",
    "192.0.2.0/24": "documentation",
    "198.51.100.0/24": "documentation",
    "203.0.113.0/24": "documentation",
    "2001:db8::/32": "documentation",
    "3fff::/20": "documentation",
    "64:ff9b::/96": "translation",
    "64:ff9b:1::/48": "local-translation",
    "::ffff:0:0/96": "mapped",
    "100::/64": "discard",
    "100:0:0:1::/64": "discard",
}
"""What dnstrace distinguishes, by block; all other blocks are "other"."""

HEAD = '''\
"""The special-purpose addresses of the IANA registries, as of {date}.

Written by .ci/special_addresses.py: change the script or its table, and not this file.
"""

from __future__ import annotations

BLOCKS: dict[int, tuple[tuple[str, int, int, str, str], ...]] = {{
'''
TAIL = '''\
}
"""By IP version, the longest prefix first: block, its leading bits, how many they are, its use, what it is.

The last is empty where the block is globally reachable, or the registry does not say.
"""
'''

Row = tuple[str, str, str, str]


def read_table() -> tuple[str, list[Row]]:
    """The date and the rows of the table beside this file."""
    first, _, rest = TABLE.read_text("utf-8").partition("\n")
    return first.removeprefix("# as of "), list(rows_of(rest.splitlines()))


def rows_of(lines: Iterable[str]) -> Iterator[Row]:
    """The rows of a registry: one for each block, without footnotes."""
    for row in csv.DictReader(lines):
        block, name, rfc, reachable = (re.sub(r"\s*\[\d+\]", "", row[column]).strip() for column in COLUMNS)
        for each in block.split(","):
            yield each.strip(), name, rfc, reachable


def write_table(date: str, rows: Iterable[Row]) -> None:
    """Write the table beside this file."""
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        file.write(f"# as of {date}\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)


def module(date: str, rows: Iterable[Row]) -> str:
    """The module: by IP version, the blocks, those with the longest prefix first."""
    every = [*rows, *ELSEWHERE]
    if missing := USES.keys() - {row[0] for row in every}:
        raise SystemExit(f"the registries no longer have {', '.join(sorted(missing))}")
    text = HEAD.format(date=date)
    for version in (4, 6):
        of_version = [row for row in every if ip_network(row[0]).version == version]
        of_version.sort(key=lambda row: (-ip_network(row[0]).prefixlen, ip_network(row[0])))
        text += f"    {version}: (\n{''.join(map(line, of_version))}    ),\n"
    return text + TAIL


def line(row: Row) -> str:
    """One row of the module."""
    block, name, rfc, reachable = row
    network = ip_network(block)
    bits = int(network.network_address) >> (network.max_prefixlen - network.prefixlen)
    says = f"{plain(name)}, {reference(rfc)}" if reachable == "False" else ""
    return f'        ("{block}", 0x{bits:X}, {network.prefixlen}, "{USES.get(block, "other")}", "{says}"),\n'


def plain(name: str) -> str:
    """A name of the registry as it stands in a sentence: `Private-Use` is `private-use`."""
    return re.sub(r"\b[A-Z][a-z]+\b", lambda word: word[0].lower(), name.replace('"', ""))


def reference(rfc: str) -> str:
    """The first RFC that is named: `[RFC1918]` is `RFC 1918`."""
    found = re.search(r"RFC\s*(\d+)", rfc)
    if found is None:
        raise SystemExit(f"{rfc!r} names no RFC")
    return f"RFC {found[1]}"


def main() -> None:
    """Write the module, and the table before it where registries are given."""
    parser = argparse.ArgumentParser(description="Write dnstrace/model/special.py.")
    parser.add_argument("--date", help="when the registries were fetched: YYYY-MM-DD")
    parser.add_argument("registries", nargs="*", type=Path, help="the IANA registries in CSV")
    asked = parser.parse_args()
    if bool(asked.date) != bool(asked.registries):
        parser.error("registries go with --date, and --date with registries")
    if asked.registries:
        write_table(
            asked.date,
            [row for path in asked.registries for row in rows_of(path.read_text("utf-8").splitlines())],
        )
    MODULE.write_text(module(*read_table()), "utf-8")


if __name__ == "__main__":
    main()
