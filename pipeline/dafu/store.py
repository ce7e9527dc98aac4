"""Versioned models of a user: candidates, the promoted one, and the way back.

A store is a folder: ``models/0001-1a2b3c4d/`` holds one model each and is never written again, ``current.json`` names
the promoted one and those before it and is replaced whole. A run that began with a model therefore keeps it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dafu.errors import ModelError, nearest
from dafu.models import load_model
from dafu.settings import model_folder
from dafu.trust import check_trusted, home, manifest_digest, trust

SHIPPED = "default"
_NAME = re.compile(r"\d{4,}-[0-9a-f]{8}")
#: What of a model folder is kept: the model, what was decided about it, and its card.
_KEPT = ("manifest.json", "model.npz", "verdict.json", "README.md")
#: Verdicts of a comparison with which a model is not promoted unasked.
_REFUSED = ("worse", "mixed")


@dataclass(frozen=True, slots=True)
class Version:
    """One model of the store. ``verdict`` is what the comparison at its making said, empty where there was none;
    ``digest`` is empty where the folder is damaged."""

    name: str
    folder: Path
    digest: str
    verdict: Mapping[str, Any]
    promoted: bool


class Store:
    """The models of one user, in ``folder`` (by default :func:`dafu.trust.home`)."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or home()

    def versions(self) -> list[Version]:
        """All models of the store, the oldest first."""
        promoted = self._pointer()["current"]
        models = self.folder / "models"
        names = sorted(p.name for p in models.iterdir() if _NAME.fullmatch(p.name)) if models.is_dir() else []
        return [
            Version(
                name,
                models / name,
                _digest_or_none(models / name),
                read_verdict(models / name),
                name == promoted,
            )
            for name in names
        ]

    def current(self) -> Path | None:
        """The promoted model's folder, or ``None`` where the shipped one is in use.

        Raises:
            ModelError: the pointer is damaged, or names a model that is gone.
        """
        name = self._pointer()["current"]
        return None if name == SHIPPED else self.find(name)

    def find(self, name: str) -> Path:
        """The folder of a version by its name or its number, ``default`` (the shipped one), or a model folder.

        Raises:
            ModelError: there is none; the nearest known name is given.
        """
        if name == SHIPPED:
            return model_folder() / "default"
        models = self.folder / "models"
        known = [p.name for p in models.iterdir() if _NAME.fullmatch(p.name)] if models.is_dir() else []
        for other in known:
            if name in (other, other.split("-")[0], other.split("-")[0].lstrip("0")):
                return models / other
        if (Path(name) / "manifest.json").exists():
            return Path(name)
        raise ModelError(
            f"{name}: no such model in {self.folder}; {nearest(name, [*known, SHIPPED])} / 模型库中没有这个模型(dafu models list 列出全部)"
        )

    def add(self, source: Path) -> str:
        """Copy a model folder into the store and return its name; a model that is there already keeps its name.

        Raises:
            ModelError: not a model, not trusted, or the store cannot be written.
        """
        check_trusted(source, store=self.folder)
        load_model(source)
        digest = manifest_digest(source)
        for version in self.versions():
            if version.digest == digest:
                return version.name
        models = self.folder / "models"
        try:
            models.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=models, prefix=".adding-") as temporary:
                aside = Path(temporary) / "model"
                aside.mkdir()
                for file in _KEPT:
                    if (source / file).is_file():
                        shutil.copyfile(source / file, aside / file)
                name = self._rename(aside, digest)
        except OSError as error:
            raise ModelError(f"{self.folder}: cannot be written / 无法写入模型库: {error}") from error
        trust(models / name, store=self.folder)
        return name

    def _rename(self, aside: Path, digest: str) -> str:
        """Give a finished folder the next free number; another process may take it first."""
        models = self.folder / "models"
        number = 1 + max(
            (int(p.name.split("-")[0]) for p in models.iterdir() if _NAME.fullmatch(p.name)), default=0
        )
        while True:
            name = f"{number:04d}-{digest[:8]}"
            try:
                aside.rename(models / name)
                return name
            except OSError:
                if not (models / name).exists():
                    raise
                number += 1

    def promote(self, name: str, *, force: bool = False) -> str:
        """Make a model the one that is used, and return its name in the store.

        ``name`` is a version, ``default``, or a model folder, which is copied in first.

        Raises:
            ModelError: no such model; not trusted; or it was found worse than the one in use and not ``force``.
        """
        folder = self.find(name)
        verdict = read_verdict(folder)
        if verdict.get("verdict") in _REFUSED and not force:
            raise ModelError(
                f"{name}: 比较的结论是不宜启用:{verdict.get('zh', '')} 仍要启用请加 --force / the comparison speaks against it: "
                f"{verdict.get('en', '')} --force promotes it all the same"
            )
        known = SHIPPED if folder == model_folder() / "default" else self.add(folder)
        if known != SHIPPED:
            load_model(self.folder / "models" / known)
        pointer = self._pointer()
        if known != pointer["current"]:
            self._point(known, [*pointer["former"], pointer["current"]])
        return known

    def rollback(self) -> str:
        """Use the model that was in use before the last promotion, and return its name.

        Raises:
            ModelError: there was none, or it is gone.
        """
        pointer = self._pointer()
        if not pointer["former"]:
            raise ModelError(f"{self.folder}: nothing to go back to / 没有可以退回的模型")
        *former, name = pointer["former"]
        load_model(self.find(name))
        self._point(name, former)
        return str(name)

    def _pointer(self) -> dict[str, Any]:
        path = self.folder / "current.json"
        try:
            pointer = json.loads(path.read_text(encoding="utf-8"))
            names = [pointer["current"], *pointer["former"]]
        except FileNotFoundError:
            return {"current": SHIPPED, "former": []}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(
                f"{path}: damaged ({error}); choose a model anew: delete the file, then dafu models promote NAME / 文件损坏,请删除后重新启用模型"
            ) from error
        if not all(isinstance(name, str) and (name == SHIPPED or _NAME.fullmatch(name)) for name in names):
            raise ModelError(f"{path}: damaged: names that are no models / 文件损坏,其中有不是模型的名称")
        return {"current": names[0], "former": names[1:]}

    def _point(self, name: str, former: list[str]) -> None:
        text = json.dumps({"current": name, "former": former}, indent=1) + "\n"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, aside = tempfile.mkstemp(dir=self.folder, prefix=".current-")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as out:
                    out.write(text)
                    out.flush()
                    os.fsync(out.fileno())
                Path(aside).replace(self.folder / "current.json")
            except BaseException:
                Path(aside).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise ModelError(f"{self.folder}: cannot be written / 无法写入模型库: {error}") from error


def _digest_or_none(folder: Path) -> str:
    try:
        return manifest_digest(folder)
    except ModelError:
        return ""


def read_verdict(folder: Path) -> Mapping[str, Any]:
    """What the comparison at a model's making said (``verdict.json``); empty where there is none of this model."""
    try:
        verdict = json.loads((folder / "verdict.json").read_text(encoding="utf-8"))
        if isinstance(verdict, dict) and verdict.get("model") == manifest_digest(folder):
            return verdict
    except (OSError, ValueError, ModelError):
        pass
    return {}


def write_verdict(folder: Path, verdict: Mapping[str, Any]) -> None:
    """Keep what a comparison said beside the model that it speaks of."""
    text = json.dumps({**verdict, "model": manifest_digest(folder)}, ensure_ascii=False, indent=1) + "\n"
    (folder / "verdict.json").write_text(text, encoding="utf-8", newline="\n")
