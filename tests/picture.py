"""The pictures in the README: `python -m tests.picture` draws them anew; the page needs Chromium for that.

The trees are SVG and the same every time. The page is a PNG, which holds a digest of the text that it shows,
so that what is out of date is found without a browser.
"""

from __future__ import annotations

import hashlib
import re
import struct
import subprocess
import tempfile
import zlib
from io import StringIO
from pathlib import Path

from rich.console import Console

from dnstrace import trace
from dnstrace.api import report
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.render.tree import tree

PICTURES = Path(__file__).parent.parent / ".github"
PICTURE, BROKEN, PAGE = PICTURES / "lab.svg", PICTURES / "broken.svg", PICTURES / "page.png"
SEED, WIDTH = 4070, 84
TREES = {PICTURE: "", BROKEN: "all-refuse"}  # a world of the lab each; the textbook has no name
PAGE_OF = ("--lab", "lame", "--check", "--seed", str(SEED))
LARGEST = 120_000  # octets of a picture
_BROWSER = ("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars")
_SIZE = "--window-size=860,880"
_KEY = b"dnstrace-page\0"


def recorded(name: str = "") -> Console:
    """A console that holds what `dnstrace --lab NAME --seed SEED` prints."""
    world = load(name) if name else load()
    found = trace(
        world.question.name, world.question.rdtype, network=LabNetwork(world), now=world.now, seed=SEED
    )
    console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True, color_system="standard")
    console.print(tree(report(found)))
    return console


def draw(name: str = "") -> str:
    """The picture of a tree, as SVG."""
    return recorded(name).export_svg(title=f"dnstrace --lab {name}".strip())


def shown_by_page() -> tuple[str, bytes]:
    """The page that `dnstrace PAGE_OF --html` makes, and a digest of the words that it shows."""
    from dnstrace.cli.command import command
    from dnstrace.cli.environment import Environment

    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "page.html"
        command([*PAGE_OF, "--html", str(path)], Environment(StringIO(), StringIO(), {}))
        page = path.read_text("utf-8")
    body = re.sub(r"<(style|script)\b.*?</\1>", "", page, flags=re.DOTALL)
    words = " ".join(re.sub(r"<[^>]*>", " ", body).split())
    return page, hashlib.sha256(words.encode()).hexdigest().encode()


def digest_in(png: bytes) -> bytes:
    """The digest that a picture of the page holds in its text chunk (PNG section 11.3.4.3)."""
    _, _, rest = png.partition(b"tEXt" + _KEY)
    return rest[:64]


def photograph() -> bytes:
    """The picture of the page, as PNG, with the digest of what it shows."""
    page, digest = shown_by_page()
    with tempfile.TemporaryDirectory() as directory:
        html, png = Path(directory) / "page.html", Path(directory) / "page.png"
        html.write_text(page, "utf-8")
        browse = [*_BROWSER, _SIZE, f"--screenshot={png}", html.as_uri()]
        subprocess.run(browse, check=True, capture_output=True)
        return _with_text(png.read_bytes(), _KEY + digest)


def _with_text(png: bytes, text: bytes) -> bytes:
    """A PNG with a text chunk after its header, which ends at octet 33."""
    chunk = b"tEXt" + text
    return png[:33] + struct.pack(">I", len(text)) + chunk + struct.pack(">I", zlib.crc32(chunk)) + png[33:]


if __name__ == "__main__":
    for path, name in TREES.items():
        path.write_text(draw(name), encoding="utf-8")
    if digest_in(PAGE.read_bytes() if PAGE.exists() else b"") != shown_by_page()[1]:
        PAGE.write_bytes(photograph())
