"""Which models this installation knows: those it made, and those that the user said to trust.

A model folder holds numbers and cannot run code, so trust is not about harm to the computer. It is about the
answers: a model that somebody swapped, or one that came from elsewhere, labels letters as its maker liked. The list
of known digests makes sure that it is never used unnoticed.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from dafu.errors import ModelError
from dafu.settings import model_folder


def home() -> Path:
    """The folder that dafu keeps models and the list of known ones in: ``DAFU_HOME`` or the user's data folder."""
    import click

    given = os.environ.get("DAFU_HOME")
    return Path(given) if given else Path(click.get_app_dir("dafu"))


def manifest_digest(folder: Path) -> str:
    """SHA-256 of a model's manifest, which names the digests of its other files.

    Raises:
        ModelError: there is no manifest.
    """
    try:
        return hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
    except OSError as error:
        raise ModelError(
            f"{folder}: no model here (manifest.json is missing) / 不是模型目录,缺少 manifest.json"
        ) from error


def trust(folder: Path, *, store: Path | None = None) -> str:
    """Add a model to the known ones and return its digest.

    Raises:
        ModelError: no manifest, or the list cannot be written.
    """
    digest = manifest_digest(folder)
    path = _list(store)
    if digest not in _known(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8", newline="\n") as out:
                out.write(f"{digest}  {folder.name}\n")
        except OSError as error:
            raise ModelError(
                f"{path}: cannot be written; set DAFU_HOME to a folder of yours / 无法写入,请用环境变量 DAFU_HOME 指定目录: {error}"
            ) from error
    return digest


def is_trusted(folder: Path, *, store: Path | None = None) -> bool:
    """Whether a model is the shipped one, was made here, or was trusted."""
    if folder.resolve() == (model_folder() / "default").resolve():
        return True
    return manifest_digest(folder) in _known(_list(store))


def check_trusted(folder: Path, *, store: Path | None = None) -> None:
    """Refuse a model that this installation does not know.

    Raises:
        ModelError: with the command that trusts it.
    """
    if not is_trusted(folder, store=store):
        raise ModelError(
            f"{folder}: 这个模型不是本机训练的,也未登记为可信;确认来源后运行:dafu models trust {folder} / not made here nor "
            f"trusted yet; if you know where it comes from: dafu models trust {folder}"
        )


def _list(store: Path | None) -> Path:
    return (store or home()) / "trusted.txt"


def _known(path: Path) -> set[str]:
    try:
        return {line.split()[0] for line in path.read_text(encoding="utf-8").splitlines() if line.strip()}
    except (OSError, UnicodeDecodeError):
        return set()
