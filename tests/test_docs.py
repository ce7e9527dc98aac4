"""The documentation names what exists, and CI runs what the README says."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from dafu.cli import main


def commands(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        if isinstance(command, click.Group):
            found += commands(command, (*path, name))
        else:
            found.append((*path, name))
    return found


@pytest.mark.parametrize("command", commands(main), ids=" ".join)
def test_every_command_has_help_with_an_example_and_stands_in_the_readme(
    command: tuple[str, ...], root: Path
) -> None:
    result = CliRunner().invoke(main, [*command, "--help"])
    assert result.exit_code == 0
    assert f"dafu {' '.join(command)}" in re.sub(r"\s+", " ", result.output.split("xample:", 1)[1])
    assert f"`dafu {' '.join(command)}" in (root / "README.md").read_text(encoding="utf-8")


def test_ci_runs_exactly_the_readmes_test_command(root: Path) -> None:
    blocks = re.findall(r"```sh\n(.+?)\n```", (root / "README.md").read_text(encoding="utf-8"), re.S)
    (test_command,) = [block for block in blocks if "pytest" in block]
    assert test_command in (root / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_the_readmes_python_runs(root: Path) -> None:
    text = (root / "README.md").read_text(encoding="utf-8")
    first = re.findall(r"```python\n(.+?)```", text, re.S)[0]
    exec(compile("texts = []\n" + first, "README.md", "exec"), {})


def test_the_data_cards_figures_are_current(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    result = CliRunner().invoke(main, ["corpus", "card", "corpus", "--check"])
    assert result.exit_code == 0, result.output


def test_documentation_has_no_leftovers(root: Path) -> None:
    for file in [
        root / "README.md",
        root / "CHANGELOG.md",
        root / "corpus" / "README.md",
        root / "models" / "default" / "README.md",
    ]:
        assert not re.search(r"\b(TODO|RESULTS|SPEED)\n", file.read_text(encoding="utf-8")), file
