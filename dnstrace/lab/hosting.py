"""A world on this machine for other programs: where it is served, and the files that a resolver needs for it.

Either each address of the world has a place of its own on the loopback interface, which is enough for dig; or
a network namespace made for it gets the world's own addresses, so that resolvers can walk in it too.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

from dnstrace.lab.internet import World
from dnstrace.lab.serve import Place, addresses, loopback, serve
from dnstrace.model import ROOT, Transport, family_of
from dnstrace.model.structs import Struct, replace

PORT = 5300
"""The port of a world on the loopback interface, unless that is taken."""

_TRIES = 5
_ROUTES = Path("/proc/net/route")
_OURS, _OF_THE_SYSTEM = Path("/proc/self/ns/net"), Path("/proc/1/ns/net")
_IPV6 = Path("/proc/net/if_inet6")


class Files(Struct):
    """Files for resolvers: root hints, unbound's configuration, and the trust anchor if the root is signed.

    The trust anchor is there in master-file form, as unbound takes it, and in the form of BIND for delv.
    """

    hints: Path
    unbound: Path
    anchor: Path | None = None
    delv: Path | None = None


def at_present(world: World) -> World:
    """The world with the time of this machine: signatures have to be valid for programs that live in it."""
    return replace(world, now=datetime.now(UTC))


def without(world: World, dropped: frozenset[str]) -> World:
    """The world without what is at some addresses, and without a family to which it has no route."""

    def stays(address: str) -> bool:
        return address not in dropped and family_of(address) in world.families

    servers = (
        replace(each, rtt={address: rtt for address, rtt in each.rtt.items() if stays(address)})
        for each in world.servers
    )
    return replace(world, servers=tuple(servers))


def on_ports(world: World, port: int | None = None) -> dict[str, Place]:
    """A place on the loopback interface for each address, by default at the usual port if that is free."""
    return loopback(world, _free(PORT) if port is None else port)


@contextmanager
def in_a_thread(world: World, places: Mapping[str, Place], rtt: float | None, signed: bool) -> Iterator[None]:
    """Serve a world while the context lasts, in a thread with a loop of its own. Raises as `serve` does."""
    ready: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serving() -> None:
        ended = asyncio.Event()
        async with serve(world, places, rtt, signed):
            ready.set_result((asyncio.get_running_loop(), ended))
            await ended.wait()

    def run() -> None:
        try:
            asyncio.run(serving())
        except Exception as error:  # whatever it is, the thread that waits has to raise it
            if ready.done():
                raise
            ready.set_exception(error)

    thread = Thread(target=run, name=f"dnstrace lab {world.name}", daemon=True)
    thread.start()
    try:
        loop, ended = ready.result()
        yield
    finally:
        if ready.exception() is None:
            loop.call_soon_threadsafe(ended.set)
        thread.join()


@contextmanager
def on_free_ports(world: World, rtt: float | None, signed: bool) -> Iterator[dict[str, Place]]:
    """Serve a world as `in_a_thread` does, at a free port; the places. A port may be taken meanwhile."""
    with ExitStack() as stack:
        for left in reversed(range(_TRIES)):
            places = loopback(world)
            try:
                stack.enter_context(in_a_thread(world, places, rtt, signed))
                break
            except OSError:
                if not left:
                    raise
        yield places


def _free(port: int) -> int:
    """The port if it is free, or else 0."""
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(type=kind) as trial:
            try:
                trial.bind(("0.0.0.0", port))
            except OSError:
                return 0
    return port


def at_own_addresses(world: World) -> dict[str, Place]:
    """The world's own addresses, at port 53, put on the loopback interface of this network namespace.

    IPv6 addresses are left out where the namespace has no IPv6. Raises OSError if that could cut off a real
    network, or cannot be done.
    """
    _require_own_namespace()
    found = [address for address in addresses(world) if family_of(address) == 4 or _IPV6.exists()]
    _take(found)
    return {address: (address, Transport.UDP.port) for address in found}


def _require_own_namespace() -> None:
    if sys.platform != "linux":
        raise OSError("network namespaces are Linux's own")
    routes = _ROUTES.read_text(encoding="ascii").splitlines()[1:]
    if any(int(route.split()[1], 16) == 0 for route in routes):
        raise OSError("this network has a default route")
    try:
        shared = os.readlink(_OURS) == os.readlink(_OF_THE_SYSTEM)
    except OSError:
        return  # whoever may not see the system's namespace is in another one, or may not change this one
    if shared:
        raise OSError("this is the network of the whole system")


def _take(wanted: Sequence[str]) -> None:
    """Put addresses on the loopback interface."""
    commands = ["link set lo up"]
    commands += [
        f"addr replace {address}/{'128 dev lo nodad' if family_of(address) == 6 else '32 dev lo'}"
        for address in wanted
    ]
    script = "\n".join(commands)
    ip = subprocess.run(["ip", "-batch", "-"], input=script, text=True, capture_output=True, check=False)
    if ip.returncode:
        raise OSError(f"ip(8) cannot set the addresses: {' '.join(ip.stderr.split())}")


# --- files --------------------------------------------------------------------------------------------


def write_files(world: World, directory: Path, signed: bool) -> Files:
    """Write what a resolver needs to start in the world, which is served at its own addresses."""
    hints = directory / "root.hints"
    hints.write_text("".join(_hints(world)), encoding="ascii")
    anchor = delv = None
    if records := world.anchors_text if signed else "":
        anchor, delv = directory / "root.key", directory / "delv.keys"
        anchor.write_text(records, encoding="ascii")
        delv.write_text(_of_bind(records), encoding="ascii")
    unbound = directory / "unbound.conf"
    unbound.write_text(_unbound(world, directory, hints, anchor), encoding="utf-8")
    return Files(hints, unbound, anchor, delv)


def _hints(world: World) -> Iterator[str]:
    for server in world.servers:
        if any(zone.origin == ROOT for zone in server.zones):
            yield f". 3600000 NS {server.name}\n"
            for address in server.rtt:
                yield f"{server.name} 3600000 {'AAAA' if family_of(address) == 6 else 'A'} {address}\n"


def _of_bind(records: str) -> str:
    """DS records as trust anchors in the syntax of named.conf."""
    lines = (line.split()[-4:] for line in records.splitlines())
    found = (f'    . static-ds {tag} {alg} {digest} "{octets}";\n' for tag, alg, digest, octets in lines)
    return f"trust-anchors {{\n{''.join(found)}}};\n"


def _unbound(world: World, directory: Path, hints: Path, anchor: Path | None) -> str:
    trusted = "" if anchor is None else f'    trust-anchor-file: "{anchor}"\n'
    families = "".join(
        f"    do-ip{family}: {'yes' if family in world.families else 'no'}\n" for family in (4, 6)
    )
    return f"""\
server:
    interface: 127.0.0.1
    access-control: 127.0.0.0/8 allow
    directory: "{directory}"
    root-hints: "{hints}"
{trusted}{families}    username: ""
    chroot: ""
    pidfile: ""
    use-syslog: no
    do-daemonize: no
remote-control:
    control-enable: no
"""
