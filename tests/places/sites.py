"""Three network namespaces with views of one lab world of their own, two of them behind an sshd each.

In `here` all is well. In `tokyo` nothing comes back over IPv6; in `office` an interceptor answers for the
root. No place has dnstrace or dnspython, and each has the lab's name servers on its loopback interface.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import venv
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from dnstrace.lab.hosting import at_present, write_files
from dnstrace.lab.serve import addresses
from dnstrace.model import family_of
from tests.cli.running import COMMAND, PATIENCE, Ran
from tests.interop.lab_world import start, world_of
from tests.interop.namespace import Namespace, hindrance

SSHD = "/usr/sbin/sshd"
WORLD = """
title = "what the places see"
question = "www.example.org. A"
include = ["dnssec-good"]
[expect]
outcome = "answer"
findings = []
"""
_INTERCEPTED = "".join(
    f'[servers."{each}.root-servers.net."]\ndoes = ["intercepts"]\n' for each in "abcdefghijklm"
)
_FAULTY = ("tokyo", "office")


def obstacle() -> str | None:
    """Why there can be no sites here, or None."""
    if why := hindrance():
        return why
    missing = [each for each in (SSHD, "ssh", "ssh-keygen") if shutil.which(each) is None]
    return f"not installed: {', '.join(missing)}" if missing else None


@dataclass(frozen=True)
class Sites:
    """The namespaces, and where the client finds its ssh; `anchor` is the trust anchor of the world."""

    here: Namespace
    folder: Path
    anchor: Path

    def run(self, *words: str, **variables: str) -> Ran:
        """Run the command `here`."""
        path = f"{self.folder / 'client'}:{os.environ['PATH']}"
        ran = subprocess.run(
            self.here.inside([*COMMAND, *words]),
            env=os.environ | {"PATH": path} | variables,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return Ran(ran.returncode, ran.stdout, ran.stderr)


@contextmanager
def sites(folder: Path) -> Iterator[Sites]:
    """The sites, as long as the context lasts."""
    with ExitStack() as stack:
        there = {name: stack.enter_context(_view(folder, name, stack)) for name in ("here", *_FAULTY)}
        _ssh(folder, there)
        venv.create(folder / "python", with_pip=False, symlinks=True)
        world = at_present(world_of(folder / "here.toml"))
        anchor = write_files(world, folder, signed=True).anchor
        assert anchor is not None
        yield Sites(there["here"], folder, anchor)


@contextmanager
def _view(folder: Path, name: str, stack: ExitStack) -> Iterator[Namespace]:
    file, only = folder / f"{name}.toml", ("4",) if name == "tokyo" else ()
    file.write_text(WORLD + (_INTERCEPTED if name == "office" else ""))
    wanted = [each for each in addresses(world_of(file)) if not only or str(family_of(each)) in only]
    with Namespace(wanted) as namespace:
        if only:  # what is sent there over IPv6 is never heard of again
            lines = (
                "tuntap add dev void mode tun",
                "link set void up",
                "address add fd99::1/64 dev void nodad",
                "-6 route add default dev void",
            )
            for line in lines:
                subprocess.run(namespace.inside(["ip", *line.split()]), check=True)
        start(namespace, file, stack, *only)
        yield namespace


def _ssh(folder: Path, there: dict[str, Namespace]) -> None:
    """An ssh that knows the hosts: the connection to each is an sshd that is started inside its namespace."""
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    (folder / "known").write_text("".join(f"{name} {(folder / 'host.pub').read_text()}" for name in _FAULTY))
    (folder / "sshd").write_text(
        f"HostKey {folder / 'host'}\nPidFile none\nUsePAM no\nStrictModes no\nPermitRootLogin yes\n"
        f"AuthorizedKeysFile {folder / 'user.pub'}\nPasswordAuthentication no\n"
        f"SetEnv PATH={folder / 'python' / 'bin'}:/usr/bin:/bin\n"
    )
    os.makedirs("/run/sshd", exist_ok=True)
    own = f"  IdentityFile {folder / 'user'}\n  UserKnownHostsFile {folder / 'known'}\n  HostKeyAlias "
    server = [SSHD, "-i", "-e", "-f", str(folder / "sshd")]
    (folder / "config").write_text(
        "".join(
            f"Host {name}\n{own}{name}\n  ProxyCommand {shlex.join(there[name].inside(server))}\n"
            for name in _FAULTY
        )
    )
    (folder / "client").mkdir()
    script = folder / "client" / "ssh"
    script.write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} -F {folder / "config"} "$@"\n')
    script.chmod(0o755)
