"""What is built of the sources, and the command as it is installed from that, where there is little else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.pythons import AT_HAND

SOURCE = Path(__file__).parent.parent
PATIENCE = 300  # seconds
SHARED = {
    "man/man1/dnstrace.1": "dnstrace/data/dnstrace.1",
    "bash-completion/completions/dnstrace": "completions/dnstrace.bash",
    "zsh/site-functions/_dnstrace": "completions/_dnstrace",
    "fish/vendor_completions.d/dnstrace.fish": "completions/dnstrace.fish",
}
"""What is installed below share/, and of what file of the sources."""

COMMAND = ("python", "-W", "error", "-m", "dnstrace", "--lab", "dnssec-good", "--check", "--json")


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        assert not os.environ.get("CI"), f"{name} is not installed"
        pytest.skip(f"{name} is not installed")
    return found


def done(*words: str | Path, status: int = 0, **how: Any) -> str:
    """What a command printed that ended with `status`."""
    ran = subprocess.run(
        words, **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "timeout": PATIENCE, **how}
    )
    assert ran.returncode == status, (ran.stderr or b"").decode()
    return (ran.stdout or b"").decode()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sdist, and the wheel that is built of it."""
    place = tmp_path_factory.mktemp("dist")
    done(tool("pyproject-build"), "--no-isolation", "--outdir", place, SOURCE)
    (sdist,), (wheel,) = place.glob("*.tar.gz"), place.glob("*.whl")
    return sdist, wheel


@pytest.fixture(scope="module")
def installed(built: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the wheel is installed; what it needs is that of the tests."""
    place = tmp_path_factory.mktemp("prefix")
    done(
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-compile",  # each module is when it is first imported
        "--no-deps",
        "--ignore-installed",
        "--prefix",
        place,
        built[1],
    )
    return place


def bare(installed: Path, **variables: str) -> dict[str, str]:
    """An environment with nothing but what finds the installed modules."""
    modules = sysconfig.get_path("purelib", vars={"base": str(installed)})
    return {"PYTHONPATH": modules, **variables}


def test_the_wheel_of_the_sdist_is_that_of_the_sources(built: tuple[Path, Path], tmp_path: Path) -> None:
    done(tool("pyproject-build"), "--no-isolation", "--wheel", "--outdir", tmp_path, SOURCE)
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.read_bytes() == built[1].read_bytes()


def test_nothing_is_wrong_with_what_is_built(built: tuple[Path, Path]) -> None:
    done(tool("twine"), "check", "--strict", *built)
    done(tool("check-wheel-contents"), built[1])


def test_what_is_in_them(built: tuple[Path, Path]) -> None:
    with tarfile.open(built[0]) as sdist:
        within = {each.partition("/")[2] for each in sdist.getnames()}
    assert {"tests/run", "README.md", "LICENSE", "CHANGELOG.md", "completions/dnstrace.ps1"} <= within
    with zipfile.ZipFile(built[1]) as wheel:
        names = wheel.namelist()
        shared = {
            name.partition(".data/data/share/")[2]: wheel.read(name) for name in names if ".data/" in name
        }
    assert shared == {place: (SOURCE / path).read_bytes() for place, path in SHARED.items()}
    assert "dnstrace/data/dnstrace.1" not in names  # once is enough
    tops = {name.partition("/")[0].partition("-")[0] for name in names}
    assert tops == {"dnstrace", "dnstrace_cli"}


def test_the_manual_is_found(installed: Path) -> None:
    found = done(tool("man"), "-M", installed / "share/man", "-w", "dnstrace").strip()
    assert Path(found).samefile(installed / "share/man/man1/dnstrace.1")


@pytest.mark.parametrize("variables", [{}, {"LANG": "C", "HOME": "/nonexistent"}, {"TMPDIR": "/nonexistent"}])
def test_nothing_of_the_environment_is_needed(installed: Path, variables: dict[str, str]) -> None:
    command, environment = installed / "bin/dnstrace", bare(installed, **variables)
    assert "192.0.2.44" in done(command, "--lab", env=environment, cwd="/")
    assert json.loads(done(command, "--lab", "--json", env=environment, cwd="/"))["outcome"] == "answer"
    page = done(command, "--help", env=environment, cwd="/")
    assert "dnstrace --lab" in page


@pytest.mark.parametrize(
    ("streams", "words", "status"),
    [
        ("<&-", "--lab --short", 0),
        ("<&-", "--lab -f -", 2),
        (">&-", "--lab", 74),
        ("2>&-", "--lab --short", 0),
        ("<&- >&- 2>&-", "--lab", 74),
        (">/dev/full", "--lab --json", 74),
        ("2>/dev/full", "--nonsense", 2),
    ],
)
def test_closed_and_full_streams(installed: Path, streams: str, words: str, status: int) -> None:
    line = f"exec {installed}/bin/dnstrace {words} {streams}"
    done("sh", "-c", line, status=status, env=bare(installed))


@pytest.mark.skipif(os.geteuid() != 0, reason="whoever is not root has no privilege in any test")
def test_no_privilege_is_needed(installed: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o555)
    without = [tool("setpriv"), "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"]
    command = [*without, str(installed / "bin/dnstrace")]
    environment = bare(installed, HOME=str(home), SHELL="/bin/bash")
    assert "192.0.2.44" in done(*command, "--lab", env=environment)
    cut_off = [tool("unshare"), "--net", *command, "www.example.com"]
    assert "no route to this address" in done(*cut_off, env=environment, status=3)
    done(*command, "--install-completion", env=environment, status=2)
    done(*command, "--lab", "--save", home / "trace.json", env=environment, status=2)


@pytest.mark.share(2)
@pytest.mark.parametrize("python", AT_HAND or [sys.executable])
def test_every_python(built: tuple[Path, Path], python: str) -> None:
    uv, environment = tool("uv"), os.environ | {"UV_PYTHON_DOWNLOADS": "never"}
    for name in ("PYTHONPATH", "VIRTUAL_ENV"):
        environment.pop(name, None)
    words = [uv, "run", "--quiet", "--no-project", "--isolated", "--python", python, "--with", str(built[1])]
    shown = done(
        *words, "python", "-W", "error", "-m", "dnstrace", "--lab", "dnssec-good", "--check", "--json"
    )
    assert json.loads(shown)["security"] == "secure"


def test_pip_into_a_fresh_environment_of_the_oldest_python(built: tuple[Path, Path], tmp_path: Path) -> None:
    oldest, environment = (AT_HAND or [sys.executable])[0], dict(os.environ)
    for name in ("PYTHONPATH", "VIRTUAL_ENV"):
        environment.pop(name, None)
    done(oldest, "-m", "venv", "--without-pip", tmp_path, env=environment)
    pip = [sys.executable, "-m", "pip", "--python", str(tmp_path / "bin/python")]
    done(*pip, "install", "--quiet", "--no-compile", built[1], env=environment)
    done(*pip, "check", env=environment)
    assert done(tmp_path / "bin/dnstrace", "--lab", "--short", env={}, cwd="/") == "192.0.2.44\n"


@pytest.mark.share(2)
@pytest.mark.parametrize("installer", ["pipx", "uv"])
def test_the_installers(built: tuple[Path, Path], installer: str, tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    pipx = {"PIPX_HOME": "home", "PIPX_BIN_DIR": "bin", "PIPX_MAN_DIR": "man"}
    uv = {"UV_TOOL_DIR": "tools", "UV_TOOL_BIN_DIR": "bin"}
    places = {name: str(tmp_path / place) for name, place in (pipx | uv).items()}
    words = [tool("pipx")] if installer == "pipx" else [tool("uv"), "tool"]
    done(*words, "install", built[1], env=kept | places)
    assert "192.0.2.44" in done(tmp_path / "bin/dnstrace", "--lab", "--short", env={}, cwd="/")
    assert list(tmp_path.rglob("man1/dnstrace.1"))
