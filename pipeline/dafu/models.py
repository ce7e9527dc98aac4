"""The model store: a model is a folder with ``manifest.json`` and ``model.npz``.

Only arrays of numbers are stored, never pickled objects, so that loading a model file cannot run code.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafu.classifier import Calibration, ContextPass, TextPass
from dafu.errors import ModelError, SettingsError
from dafu.settings import TrainSettings, build, config_folder, model_folder
from dafu.tagger import Model

FORMAT_VERSION = 1
#: Refuse arrays beyond this many bytes before reading them: a small file can claim any size.
_MAX_BYTES = 512 * 1024 * 1024
_ARRAYS = (
    "text_weights",
    "text_bias",
    "context_weights",
    "context_bias",
    "context_members",
    "slope",
    "offset",
    "threshold",
)
#: Settings files that change what a model sees; a model made with others is refused.
_CONFIGS = ("cues.toml", "units.toml", "sections.toml")


def config_digest() -> str:
    """SHA-256 of the rule files that features are made from, in a fixed order."""
    digest = hashlib.sha256()
    for name in _CONFIGS:
        digest.update((config_folder() / name).read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def save_model(model: Model, folder: Path, settings: TrainSettings, info: Mapping[str, Any]) -> str:
    """Write a model folder, whole or not at all, and return the model's digest.

    ``info`` goes into the manifest as it is (digest of the corpus, scores). The same model gives the same bytes.
    Other files in the folder (a model card) are kept.

    Raises:
        ModelError: the folder exists and is no model folder, or cannot be written.
    """
    if (
        folder.exists()
        and any(folder.iterdir())
        and not (folder / "manifest.json").exists()
        and not (folder / "README.md").exists()
    ):
        raise ModelError(
            f"{folder}: exists and is not a model folder; choose another / 该目录已存在且不是模型目录,请另选"
        )
    arrays: dict[str, NDArray[Any]] = {
        "text_weights": model.text.weights_.astype(np.float16),
        "text_bias": model.text.bias_,
        "context_weights": model.context.weights_,
        "context_bias": model.context.bias_,
        "context_members": model.context.members_,
        "slope": model.calibration.slope_,
        "offset": model.calibration.offset_,
        "threshold": model.calibration.threshold_,
    }
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".dafu-") as temporary:
            aside = Path(temporary)
            _write_arrays(arrays, aside / "model.npz")
            digest = hashlib.sha256((aside / "model.npz").read_bytes()).hexdigest()
            manifest = {
                "format_version": FORMAT_VERSION,
                "labels": list(model.labels),
                "settings": asdict(settings),
                "rules": config_digest(),
                "files": {"model.npz": digest},
                **info,
            }
            text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
            (aside / "manifest.json").write_text(text, encoding="utf-8", newline="\n")
            folder.mkdir(exist_ok=True)
            for name in ("model.npz", "manifest.json"):
                (aside / name).replace(folder / name)
    except OSError as error:
        raise ModelError(f"{folder}: cannot be written / 无法写入: {error}") from error
    return digest


def _write_arrays(arrays: Mapping[str, NDArray[Any]], path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            member = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(member, "w") as out:
                np.lib.format.write_array(out, np.ascontiguousarray(array), allow_pickle=False)


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a model folder.

    Raises:
        ModelError: there is none, it is damaged, or of a format that this version does not know.
    """
    path = folder / "manifest.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        version = manifest["format_version"]
    except FileNotFoundError as error:
        raise ModelError(
            f"{folder}: no model here (manifest.json is missing) / 不是模型目录,缺少 manifest.json"
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: damaged / 文件损坏: {error}") from error
    if version != FORMAT_VERSION:
        raise ModelError(
            f"{folder}: model format {version}, this dafu reads {FORMAT_VERSION} / 模型格式版本不符,请升级 dafu 或重新训练"
        )
    return dict(manifest)


def load_model(folder: Path | None = None) -> Model:
    """Load a model folder (the shipped one by default), after checking its digests and shapes.

    Raises:
        ModelError: missing, damaged, truncated, of another format, or made with other rule files.
    """
    folder = folder or model_folder() / "default"
    manifest = read_manifest(folder)
    path = folder / "model.npz"
    try:
        data = path.read_bytes()
        settings = build(TrainSettings, manifest["settings"], f"{folder}: settings")
        labels = tuple(manifest["labels"])
        expected = manifest["files"]["model.npz"]
    except FileNotFoundError as error:
        raise ModelError(f"{path}: missing / 缺少模型文件") from error
    except (OSError, KeyError, TypeError, SettingsError) as error:
        raise ModelError(f"{folder / 'manifest.json'}: damaged / 文件损坏: {error}") from error
    digest = hashlib.sha256(data).hexdigest()
    if digest != expected:
        raise ModelError(
            f"{path}: damaged or changed, its digest is not the manifest's; copy the model again / 文件已损坏或被改动,请重新复制模型"
        )
    if manifest.get("rules") != config_digest():
        raise ModelError(
            f"{folder}: made with other rule files (configs/) than these; train again / 模型与当前规则文件(configs/)不一致,请重新训练"
        )
    arrays = _read_arrays(path)
    _check_shapes(arrays, settings, labels, path)
    text, context, calibration = TextPass(), ContextPass(), Calibration()
    text.weights_, text.bias_ = arrays["text_weights"].astype(np.float32), arrays["text_bias"]
    context.weights_, context.bias_ = arrays["context_weights"], arrays["context_bias"]
    context.members_ = arrays["context_members"]
    calibration.slope_, calibration.offset_, calibration.threshold_ = (
        arrays["slope"],
        arrays["offset"],
        arrays["threshold"],
    )
    return Model(
        f"{folder.name}@{digest[:12]}",
        labels,
        text,
        context,
        calibration,
        settings.orders,
        settings.buckets,
        settings.review_band,
    )


def _read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > _MAX_BYTES:
                raise ModelError(f"{path}: claims to be larger than {_MAX_BYTES >> 20} MB / 模型文件过大")
            arrays = {}
            for name in _ARRAYS:
                with archive.open(f"{name}.npy") as member:
                    arrays[name] = np.lib.format.read_array(member, allow_pickle=False)
            return arrays
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, OSError) as error:
        raise ModelError(f"{path}: not a model file / 不是模型文件: {error}") from error


def _check_shapes(
    arrays: Mapping[str, NDArray[Any]], settings: TrainSettings, labels: tuple[str, ...], path: Path
) -> None:
    count = len(labels)
    outputs = len(arrays["context_bias"]) if arrays["context_bias"].ndim == 1 else -1
    columns = len(arrays["context_weights"]) if arrays["context_weights"].ndim == 2 else -1
    shapes = {
        "text_weights": (settings.buckets, count + 2),
        "text_bias": (count + 2,),
        "context_weights": (columns, outputs),
        "context_members": (outputs, count),
        **dict.fromkeys(("slope", "offset", "threshold"), (count,)),
    }
    for name, shape in shapes.items():
        kind = "i" if name == "context_members" else "f"
        if arrays[name].shape != shape or arrays[name].dtype.kind != kind:
            raise ModelError(
                f"{path}: {name} has shape {arrays[name].shape}, expected {shape} / 模型数组形状不符"
            )
