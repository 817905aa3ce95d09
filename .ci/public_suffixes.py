#!/usr/bin/env python3
"""Write dnstrace/data/public-suffixes.txt from the Public Suffix List.

    .ci/public_suffixes.py public_suffix_list.dat

The list is at https://publicsuffix.org/list/public_suffix_list.dat, and in the package `publicsuffixlist`
on PyPI. Only the rules for ICANN domains are taken: below these, domains are registered through registrars.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import dns.name

DATA = Path(__file__).parents[1] / "dnstrace" / "data" / "public-suffixes.txt"
SOURCE = "https://publicsuffix.org/list/public_suffix_list.dat"
BEGIN, END = "// ===BEGIN ICANN DOMAINS===", "// ===END ICANN DOMAINS==="

HEAD = """\
# The ICANN domains of the Public Suffix List, version {version}
# Source: {source}
# Written by .ci/public_suffixes.py: A-labels, one line for each top-level domain: the domain, then the rules
# below it without the domain. `*` stands for one label, `!` marks an exception.
#
# This Source Code Form is subject to the terms of the Mozilla Public License, v. 2.0. If a copy of the MPL
# was not distributed with this file, You can obtain one at https://mozilla.org/MPL/2.0/.
"""


def rules_of(text: str) -> Iterator[str]:
    """The rules for ICANN domains, as the list has them."""
    _, found, rest = text.partition(BEGIN)
    section, ended, _ = rest.partition(END)
    if not found or not ended:
        raise SystemExit("the list has no section of ICANN domains")
    for line in section.splitlines():
        words = line.split()
        if words and not words[0].startswith("//"):
            yield words[0]


def version_of(text: str) -> str:
    """The version that the list gives of itself, without the time of day."""
    found = re.search(r"^// VERSION: (\d{4}-\d\d-\d\d)", text, re.MULTILINE)
    if found is None:
        raise SystemExit("the list has no version")
    return found[1]


def by_top(rules: Iterable[str]) -> dict[str, list[str]]:
    """The rules below each top-level domain, in A-labels and relative to it, sorted."""
    found: dict[str, list[str]] = {}
    for rule in rules:
        mark, name = ("!", rule[1:]) if rule.startswith("!") else ("", rule)
        labels = [a_label(label) for label in name.split(".")]
        below = found.setdefault(labels[-1], [])
        if len(labels) > 1:
            below.append(mark + ".".join(labels[:-1]))
    return {top: sorted(found[top]) for top in sorted(found)}


def a_label(label: str) -> str:
    """A label as it stands in the DNS."""
    name = dns.name.from_text(label, origin=None, idna_codec=dns.name.IDNA_2008_Practical)
    return name.to_text().lower()


def data(text: str) -> str:
    """The file that goes into the package."""
    lines = (" ".join((top, *below)) for top, below in by_top(rules_of(text)).items())
    return HEAD.format(version=version_of(text), source=SOURCE) + "".join(f"{line}\n" for line in lines)


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description="Write dnstrace/data/public-suffixes.txt.")
    parser.add_argument("list", type=Path, help="the Public Suffix List")
    DATA.write_text(data(parser.parse_args().list.read_text("utf-8")), "ascii")


if __name__ == "__main__":
    main()
