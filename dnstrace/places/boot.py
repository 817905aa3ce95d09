"""What a Python of any version runs at a place first.

It looks for a dnstrace there that can do it, else for a Python that can run the zipapp, and says which. It
is sent over standard input, since a command line is limited in length and is shown to everybody there. Only
its first line, `FIRST`, is on the command line: it has no quotes, no backslash and no line end, so that
every login shell takes it in one pair of single quotes.
"""

from __future__ import annotations

from dnstrace.places.frames import GREETING, PROTOCOL

FIRST = "import sys;i=sys.stdin.buffer;exec(i.read(int(i.readline())))"
"""Reads the rest, whose length is on the line before it."""

OLDEST = (3, 11)
"""The oldest Python that runs the zipapp."""

_NEWEST = 20  # the minor version up to which another Python is looked for

_REST = """\
import os, shutil, subprocess, sys
def say(*words):
    sys.stdout.buffer.write((" ".join((GREETING, TOKEN) + words) + "\\n").encode("ascii", "replace"))
    sys.stdout.buffer.flush()
def quiet():
    return dict((k, v) for k, v in os.environ.items() if not k.startswith(("DNSTRACE_", "PYTHON")))
def installed():
    path = None if AGAIN else shutil.which("dnstrace")
    if path is None:
        return None, []
    try:
        ran = subprocess.run([path, "--as-place=version"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=10, env=quiet())
    except Exception:  # Python 3.4 has no subprocess.run, and Python 3.2 no SubprocessError
        return None, []
    words = ran.stdout.decode("ascii", "replace").split()
    return (path, words) if ran.returncode == 0 and words[1:] == [PROTOCOL, FORMAT] else (None, [])
def newer():
    for minor in range(NEWEST, OLDEST[1] - 1, -1):
        path = shutil.which("python3.%d" % minor)
        if path is not None and subprocess.call([path, "-I", "-c", "import zlib, ssl, asyncio"],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0:
            return path
def boot():
    path, words = installed()
    fits = sys.version_info[:2] >= OLDEST
    other = None if fits or words[:1] == [VERSION] or AGAIN else newer()
    if path is not None and (words[0] == VERSION or not (fits or other)):
        os.execve(path, [path, "--as-place=" + TOKEN], quiet())
    if other:
        say("again")
        os.execve(other, [other, "-I", "-c", FIRST.replace("exec(", "AGAIN=1;exec(")], quiet())
    if not fits:
        return say("too-old", "%d.%d" % sys.version_info[:2])
    say("zipapp", "%d.%d" % sys.version_info[:2])
    i = sys.stdin.buffer
    size = int(i.readline().split()[1])
    load(i.read(size))
    from dnstrace.places.there import answer
    answer(i, sys.stdout.buffer)
def load(octets):
    import importlib.util, io, zipfile
    archive = zipfile.ZipFile(io.BytesIO(octets))
    names = frozenset(archive.namelist())
    class Archive:
        @staticmethod
        def find_spec(name, path=None, target=None):
            base = name.replace(".", "/")
            for file, package in ((base + "/__init__.py", True), (base + ".py", False)):
                if file in names:
                    return importlib.util.spec_from_loader(name, Archive, origin=file, is_package=package)
        @staticmethod
        def create_module(spec):
            return None
        @staticmethod
        def exec_module(module):
            file = module.__spec__.origin
            exec(compile(archive.read(file), "dnstrace.pyz/" + file, "exec", dont_inherit=True), vars(module))
        @staticmethod
        def get_resource_reader(name):
            class Reader:
                @staticmethod
                def files():
                    return zipfile.Path(archive, name.replace(".", "/") + "/")
            return Reader
    sys.meta_path.insert(0, Archive)
boot()
"""


def script(token: str, version: str, record_format: int) -> bytes:
    """What is sent first: a line with its length, and the script.

    `token` is what the greeting repeats; `version` and `record_format` are those of this program.
    """
    values = {
        "GREETING": GREETING,
        "TOKEN": token,
        "VERSION": version,
        "PROTOCOL": str(PROTOCOL),
        "FORMAT": str(record_format),
        "FIRST": FIRST,
        "OLDEST": OLDEST,
        "NEWEST": _NEWEST,
    }
    head = "".join(f"{name} = {value!r}\n" for name, value in values.items())
    octets = f"AGAIN = bool(globals().get('AGAIN'))\n{head}{_REST}".encode("ascii")
    return b"%d\n%s" % (len(octets), octets)
