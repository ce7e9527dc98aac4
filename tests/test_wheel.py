"""The wheel, installed away from the checkout, tags a letter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from conftest import LETTER


@pytest.mark.slow
def test_the_wheel_brings_its_settings_and_model(root: Path, tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", str(tmp_path), str(root)],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    place = tmp_path / "env"
    venv.create(place, with_pip=False)
    python = place / ("Scripts" if os.name == "nt" else "bin") / "python"
    site = next(place.glob("lib/python*/site-packages"))
    # An empty environment but for the wheel; its dependencies are those of the running interpreter.
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--no-deps", "--target", str(site), str(wheel)],
        check=True,
        capture_output=True,
    )
    own = [p for p in sys.path if p.endswith("site-packages")]
    (site / "dependencies.pth").write_text("\n".join(own), encoding="utf-8")
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        [str(python), "-c", "import dafu; print(dafu.__file__)"],
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.startswith(str(site))
    done = subprocess.run(
        [str(python), "-m", "dafu", "tag", "-", "-o", "-"],
        input=LETTER.encode(),
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
    )
    assert any("planned" in s["labels"] for s in json.loads(done.stdout)["sentences"])
