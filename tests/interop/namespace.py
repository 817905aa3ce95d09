"""A network namespace with addresses of its own, which ends with the process that holds it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from types import TracebackType

_TOOLS = ("ip", "unshare", "nsenter")


class Namespace:
    """A network namespace whose loopback interface has `addresses`, IPv4 and IPv6."""

    def __init__(self, addresses: Iterable[str]) -> None:
        self._addresses = tuple(addresses)

    def __enter__(self) -> Namespace:
        # Says a word when the namespace is there, and holds it until its standard input is closed.
        self._holder = subprocess.Popen(
            ["unshare", "--net", "sh", "-c", "echo there && exec cat"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            self._set_up()
        except BaseException:
            self._holder.communicate()
            raise
        return self

    def _set_up(self) -> None:
        assert self._holder.stdout is not None
        if self._holder.stdout.readline() != "there\n":
            raise RuntimeError("no network namespace can be made")
        batch = ["link set lo up", *(f"address add {address} dev lo" for address in self._addresses)]
        script = "\n".join(f"{line} nodad" if ":" in line else line for line in batch)
        subprocess.run(self.inside(["ip", "-batch", "-"]), input=script, text=True, check=True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._holder.communicate()

    @property
    def pid(self) -> int:
        """A process that is in it as long as it lasts."""
        return self._holder.pid

    def inside(self, command: list[str]) -> list[str]:
        """The command line that runs `command` in this namespace, as the same process."""
        return ["nsenter", f"--net=/proc/{self._holder.pid}/ns/net", "--", *command]


def hindrance() -> str | None:
    """Why no namespace can be made here, or None."""
    if os.geteuid() != 0:
        return "a network namespace needs root"
    missing = [tool for tool in _TOOLS if shutil.which(tool) is None]
    if missing:
        return f"not installed: {', '.join(missing)}"
    if subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False).returncode:
        return "this system lets no network namespace be made"
    return None
