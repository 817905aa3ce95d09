# ruff: noqa: E501
"""How many names a second `dnstrace -f` traces, on real sockets: 1,000 zones under 10 top-level domains.

    python tests/bench/many.py [--names 20000] [--dead 0.05]

Needs to be root on Linux, and NSD (Debian's nsd). Three NSDs serve the root, the top-level domains and the
zones at addresses of their own in a network namespace, with no delay; of the zones' servers a share is dead: their
addresses take every query and are silent. Every zone has two name servers with glue. Printed are names a second,
CPU seconds for 1,000 names, the peak of memory, and queries a name; besides, the same with `--no-share`.
"""

from __future__ import annotations

import argparse
import json
import resource
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from random import Random

from namespaces import enter

ROOT = "10.53.0.1"
ZONES, TLDS, HOSTS = 1000, 10, 40


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--names", type=int, default=20_000, help="how many names to trace (%(default)s)")
    parser.add_argument(
        "--dead", type=float, default=0.0, help="the share of the zones' servers that is dead"
    )
    given = enter(parser)
    with tempfile.TemporaryDirectory() as where, ExitStack() as stack:
        directory = Path(where)
        dead = set(Random(1).sample(range(HOSTS), round(given.dead * HOSTS)))
        _serve(directory, dead, stack)
        names = directory / "names"
        names.write_text("".join(f"w{n}.z{n % ZONES}.t{n % ZONES % TLDS}\n" for n in range(given.names)))
        for more in ([], ["--no-share"]):
            _measure(directory, names, given.names, more)
    return 0


def _host(number: int) -> str:
    return f"10.53.2.{number + 1}"


def _serve(directory: Path, dead: set[int], stack: ExitStack) -> None:
    """Write the zones, and start NSD at all addresses but the dead ones."""
    tlds = [f"10.53.1.{n + 1}" for n in range(TLDS)]
    every = [ROOT, *tlds, *map(_host, range(HOSTS))]
    for address in every:
        subprocess.run(["ip", "address", "add", f"{address}/32", "dev", "lo"], check=True)
    for number in dead:
        silent = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        silent.bind((_host(number), 53))
    soa = "@ SOA ns. h. 1 7200 900 1209600 300\n"
    root = f"$ORIGIN .\n$TTL 86400\n{soa}@ NS a.root.\na.root. A {ROOT}\n"
    zones = {}
    for tld, address in enumerate(tlds):
        root += f"t{tld}. NS ns.t{tld}.\nns.t{tld}. A {address}\n"
        text = f"$ORIGIN t{tld}.\n$TTL 86400\n{soa}@ NS ns\nns A {address}\n"
        for zone in range(tld, ZONES, TLDS):
            own = [_host((zone + n * 7) % HOSTS) for n in range(2)]
            text += "".join(
                f"z{zone} NS ns{n}.z{zone}\nns{n}.z{zone} A {each}\n" for n, each in enumerate(own)
            )
            name = f"z{zone}.t{tld}."
            zones[name] = (
                f"$ORIGIN {name}\n$TTL 86400\n{soa}@ NS ns0\n@ NS ns1\nns0 A {own[0]}\nns1 A {own[1]}\n* 300 A 192.0.2.44\n"
            )
        zones[f"t{tld}."] = text
    alive = [_host(number) for number in range(HOSTS) if number not in dead]
    for name, addresses, own in (
        ("root", [ROOT], {".": root}),
        ("tlds", tlds, {zone: text for zone, text in zones.items() if zone.count(".") == 1}),
        ("hosts", alive, {zone: text for zone, text in zones.items() if zone.count(".") == 2}),
    ):
        _start(directory / name, addresses, own, stack)
    (directory / "hints").write_text(f". 86400 NS a.root.\na.root. 86400 A {ROOT}\n")


def _start(directory: Path, addresses: list[str], zones: dict[str, str], stack: ExitStack) -> None:
    """Start an NSD for these zones, and wait until it answers."""
    directory.mkdir()
    configuration = "server:\n" + "".join(f"    ip-address: {each}\n" for each in addresses)
    configuration += f'    username: ""\n    server-count: 1\n    database: ""\n    zonesdir: "{directory}"\n'
    configuration += (
        f'    xfrdir: "{directory}"\n    pidfile: "{directory}/pid"\n    zonelistfile: "{directory}/list"\n'
    )
    configuration += f'    xfrdfile: "{directory}/state"\nremote-control:\n    control-enable: no\n'
    for number, (name, text) in enumerate(zones.items()):
        (directory / f"{number}.zone").write_text(text)
        configuration += f'zone:\n    name: "{name}"\n    zonefile: "{number}.zone"\n'
    (directory / "nsd.conf").write_text(configuration)
    server = subprocess.Popen(["nsd", "-d", "-c", str(directory / "nsd.conf")], stderr=subprocess.DEVNULL)
    stack.callback(server.wait)
    stack.callback(server.terminate)
    dig = ["dig", "+tries=1", "+timeout=1", f"@{addresses[0]}", "."]
    while subprocess.run(dig, capture_output=True, check=False).returncode:
        time.sleep(0.1)


def _measure(directory: Path, names: Path, count: int, more: list[str]) -> None:
    """One run, as a process of its own."""
    command = [str(Path(sys.executable).with_name("dnstrace")), "-f", str(names), "--jsonl", "-4"]
    command += ["--root-hints", str(directory / "hints"), "-o", str(directory / "out"), "--force", *more]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    took = time.perf_counter() - begun
    if done.returncode:
        raise SystemExit(done.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    with (directory / "out").open() as out:
        queries = sum(json.loads(line)["stats"]["queries"] for line in out)
    print(f"{' '.join(more) or 'shared':<12} {count / took:7.0f} names/s  {used / count * 1000:6.2f} CPU s/1,000  "
          f"{after.ru_maxrss / 1024:5.0f} MiB  {queries / count:5.2f} queries a name  {done.stderr.splitlines()[0][10:]}")  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
