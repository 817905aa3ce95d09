"""Ways to break a signed zone, each a change of what ldns-signzone wrote or of the DS record."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import dns.dnssec

Lines = list[str]


def _as_it_is(lines: Lines) -> Lines:
    return lines


@dataclass(frozen=True)
class Breaking:
    """One way to break a zone: `signing` are arguments of ldns-signzone, `records` changes the lines of the
    signed zone, `ds` its DS record in master file syntax. `bogus` tells whether anything in it is to be so.
    """

    signing: tuple[str, ...] = ()
    records: Callable[[Lines], Lines] = _as_it_is
    ds: Callable[[str], str] = str
    bogus: bool = True


def _without(*types: str) -> Callable[[Lines], Lines]:
    """Leave out the records of these types; `RRSIG\\tA ` is a signature of A records."""
    return lambda lines: [line for line in lines if not any(f"\tIN\t{rdtype}" in line for rdtype in types)]


def _without_address(label: str) -> Callable[[Lines], Lines]:
    return lambda lines: [line for line in lines if not re.match(rf"{label}\..*\t(RRSIG\t)?A\s", line)]


def _altered(pattern: str, after: str) -> Callable[[Lines], Lines]:
    return lambda lines: [re.sub(pattern, after, line) for line in lines]


def _with(record: str) -> Callable[[Lines], Lines]:
    """Add a record of the name `added` below the apex, which the first line is of."""
    return lambda lines: [*lines, f"added.{lines[0].split()[0]}\t3600\tIN\t{record}"]


def _wildcard_uncovered(lines: Lines) -> Lines:
    """Leave out the one NSEC or NSEC3 record that shows that there is no wildcard at the apex."""
    zone = lines[0].split()[0]
    owners = sorted(line.split()[0] for line in lines if "\tNSEC3\t" in line)
    covered = f"{dns.dnssec.nsec3_hash(f'*.{zone}', None, 1, 1)}.{zone}".lower()
    owner = max((each for each in owners if each < covered), default=owners[-1] if owners else zone)
    denial = re.compile(rf"{re.escape(owner)}\t.*\t(RRSIG\t)?NSEC")
    return [line for line in lines if not denial.match(line)]


def _but_for_ns(change: Callable[[Lines], Lines]) -> Callable[[Lines], Lines]:
    """Leave the address of the name server alone: Unbound asks no server whose address it found bogus."""

    def changed(lines: Lines) -> Lines:
        ours = [line for line in lines if line.startswith("ns.")]
        return [*change([line for line in lines if line not in ours]), *ours]

    return changed


def _of_ds(pattern: str, after: str) -> Callable[[str], str]:
    return lambda ds: re.sub(pattern, after, ds)


def _another_digest(ds: str) -> str:
    return ds[:-2] + ("00" if ds[-2:] != "00" else "01")


def _for_no_key(ds: str) -> str:
    return _of_ds(r"(DS )\d+", r"\g<1>1")(ds)


def _beside_another(ds: str) -> str:
    return f"{_for_no_key(ds)}\n{ds}"


_NEXT = r"(\tNSEC\t)\S+|(\tNSEC3\t\d+ \d+ \d+ \S+ +)\S+"

BREAKINGS = {
    "good": Breaking(bogus=False),
    "expired": Breaking(("-i", "20200101000000", "-e", "20200201000000")),
    "not-yet": Breaking(("-i", "20400101000000", "-e", "20410101000000")),
    "digest": Breaking(ds=_another_digest),
    "no-key": Breaking(ds=_for_no_key),
    "second-ds": Breaking(ds=_beside_another, bogus=False),
    "unknown": Breaking(ds=_of_ds(" 13 2 ", " 100 2 "), bogus=False),
    "unknown-digest": Breaking(ds=_of_ds(" 13 2 ", " 13 100 "), bogus=False),
    "no-signature": Breaking(records=_but_for_ns(_without("RRSIG\tA "))),
    "keys": Breaking(records=_without("RRSIG\tDNSKEY")),
    "altered": Breaking(records=_altered(r"192\.0\.2\.44", "192.0.2.66")),
    "ttl": Breaking(records=_altered(r"\t3600\tIN\tA\t", "\t86400\tIN\tA\t"), bogus=False),
    "signer": Breaking(records=_but_for_ns(_altered(r"(\tRRSIG\tA .*) \S+\. (\S+)$", r"\1 ldns. \2"))),
    "labels": Breaking(records=_but_for_ns(_altered(r"(\tRRSIG\tA \d+) \d+ ", r"\1 1 "))),
    "no-denial": Breaking(records=_without("NSEC\t", "NSEC3\t", "RRSIG\tNSEC")),
    "denial-unsigned": Breaking(records=_without("RRSIG\tNSEC")),
    "next": Breaking(records=_altered(_NEXT, rf"\1\2{'v' * 32}")),
    "denied": Breaking(records=_without_address("www")),
    "wildcard": Breaking(records=_wildcard_uncovered),
    "added": Breaking(records=_with("A\t192.0.2.67")),
    "unsigned-ds": Breaking(records=_without("RRSIG", "DNSKEY", "NSEC")),
}
"""By label of the zone: none of the ways, then the ways."""
