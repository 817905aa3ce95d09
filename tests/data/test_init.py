from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from importlib import resources
from pathlib import Path

import pytest

from dnstrace import data

FILES = [each.name for each in resources.files("dnstrace.data").iterdir() if not each.name.startswith("__")]


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_read(name: str) -> None:
    assert data.text(name) == (resources.files("dnstrace.data") / name).read_text("utf-8")


def test_it_is_read_from_a_zip_file_too(tmp_path: Path) -> None:
    home = Path(data.__file__).parent
    with zipfile.ZipFile(zipped := tmp_path / "dnstrace.zip", "w") as archive:
        for file in (home.parent / "__init__.py", *home.iterdir()):
            if file.is_file():
                archive.write(file, Path("dnstrace") / file.relative_to(home.parent))
    code = "from dnstrace import data; print(data.__file__, len(data.text('root.hints')))"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(zipped)},
        capture_output=True,
        text=True,
        check=True,
    )
    path, length = ran.stdout.split()
    assert path.startswith(str(zipped)) and int(length) == len(data.text("root.hints"))
