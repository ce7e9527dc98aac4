"""Models on disk: a folder with ``manifest.json`` and ``model.npz``.

Only arrays of numbers are stored, never pickled objects, so that loading a model file cannot run code. They are
what the two passes add and multiply; no object of scikit-learn is in them, so its version does not matter.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import json
import math
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafu.context import context_names
from dafu.errors import ModelError, SettingsError
from dafu.features import batch_sentences
from dafu.letter import parse_folded
from dafu.records import name_labels
from dafu.scoring import Calibrator, ContextScorer, TextScorer
from dafu.settings import TrainSettings, build, check_labels, config_folder, model_folder
from dafu.structure import structure_columns
from dafu.tagger import Model
from dafu.trust import trust

#: What this version writes; :data:`_READABLE` are the formats that it reads.
FORMAT_VERSION = 1
_READABLE = (1,)
#: Refuse arrays beyond this many bytes before reading them: a small file can claim any size.
_MAX_BYTES = 512 * 1024 * 1024
_MAX_MANIFEST = 4 * 1024 * 1024
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
_CONFIGS = ("cues.toml", "units.toml", "sections.toml", "frames.toml")


def config_digest() -> str:
    """SHA-256 of the rule files that features are made from, in a fixed order."""
    digest = hashlib.sha256()
    for name in _CONFIGS:
        digest.update((config_folder() / name).read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def save_model(
    model: Model,
    folder: Path,
    settings: TrainSettings,
    info: Mapping[str, Any],
    *,
    store: Path | None = None,
) -> str:
    """Write a model folder, whole or not at all, and return the model's digest.

    ``info`` goes into the manifest as it is (digest of the corpus, scores). The same model gives the same bytes.
    Other files in the folder (a model card) are kept. The model is one that this installation made: it is added to
    the known ones (of ``store``).

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
    with contextlib.suppress(ModelError):  # where the list cannot be kept, loading says what to do
        trust(folder, store=store)
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
        manifest = json.loads(_regular(path, _MAX_MANIFEST).decode("utf-8"))
        version = manifest["format_version"]
    except FileNotFoundError as error:
        raise ModelError(
            f"{folder}: no model here (manifest.json is missing) / 不是模型目录,缺少 manifest.json"
        ) from error
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ModelError(f"{path}: damaged / 文件损坏: {error}") from error
    if version not in _READABLE:
        raise ModelError(
            f"{folder}: model format {version}, this dafu reads {', '.join(map(str, _READABLE))} / 模型格式版本不符,请升级 dafu 或重新训练"
        )
    return dict(manifest)


def _regular(path: Path, most: int) -> bytes:
    """The bytes of a plain file of bounded size: no link out of the folder, no pipe that never ends.

    Raises:
        ModelError: it is none.
        OSError: it cannot be read.
    """
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode):
        raise ModelError(f"{path}: not a plain file (a link or a device) / 不是普通文件(链接或设备)")
    if status.st_size > most:
        raise ModelError(f"{path}: larger than {most >> 20} MB / 文件过大")
    return path.read_bytes()


def load_model(folder: Path | None = None) -> Model:
    """Load a model folder (the shipped one by default), after checking its digests and shapes.

    Raises:
        ModelError: missing, damaged, truncated, of another format, or made with other rule files.
    """
    folder = folder or model_folder() / "default"
    manifest = read_manifest(folder)
    path = folder / "model.npz"
    try:
        data = _regular(path, _MAX_BYTES)
        settings = build(TrainSettings, manifest["settings"], f"{folder}: settings")
        labels = tuple(manifest["labels"])
        check_labels(labels, settings.label_names, str(folder))
        expected = manifest["files"]["model.npz"]
        if list(manifest["files"]) != ["model.npz"]:
            raise ModelError(
                f"{folder}: its manifest names other files than model.npz / 清单列出了不应有的文件"
            )
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
    arrays = _read_arrays(data, path)
    _check_shapes(arrays, settings, labels, path)
    text, context, calibration = TextScorer(), ContextScorer(), Calibrator()
    text.weights_, text.bias_ = arrays["text_weights"].astype(np.float32), arrays["text_bias"]
    context.weights_, context.bias_ = arrays["context_weights"], arrays["context_bias"]
    context.members_ = arrays["context_members"]
    calibration.slope_, calibration.offset_, calibration.threshold_ = (
        arrays["slope"],
        arrays["offset"],
        arrays["threshold"],
    )
    name_labels(labels, settings.label_names)
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


def _read_arrays(data: bytes, path: Path) -> dict[str, NDArray[Any]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > _MAX_BYTES:
                raise ModelError(f"{path}: claims to be larger than {_MAX_BYTES >> 20} MB / 模型文件过大")
            if sorted(member.filename for member in members) != sorted(f"{name}.npy" for name in _ARRAYS):
                raise ModelError(f"{path}: holds other arrays than a model's / 模型文件中的数组不符")
            return {name: _read_array(archive, name) for name in _ARRAYS}
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError, OSError, RuntimeError) as error:
        raise ModelError(f"{path}: not a model file / 不是模型文件: {error}") from error


def _read_array(archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    """One array; its header is looked at first, so that nothing is allocated for what is not there."""
    size = archive.getinfo(f"{name}.npy").file_size
    with archive.open(f"{name}.npy") as member:
        if np.lib.format.read_magic(member) != (1, 0):
            raise ValueError(f"{name} has an unknown header")
        shape, _, dtype = np.lib.format.read_array_header_1_0(member)
    if dtype.hasobject or dtype.kind not in "fiU" or math.prod(shape) * dtype.itemsize > size:
        raise ValueError(f"{name} is no array of numbers of the size it claims")
    with archive.open(f"{name}.npy") as member:
        array: NDArray[Any] = np.lib.format.read_array(member, allow_pickle=False)
    return array


@functools.cache
def _structure_names() -> tuple[str, ...]:
    return tuple(structure_columns(batch_sentences([parse_folded("。", "。")]))[1])


def _check_shapes(
    arrays: Mapping[str, NDArray[Any]], settings: TrainSettings, labels: tuple[str, ...], path: Path
) -> None:
    count = len(labels)
    outputs = len(arrays["context_bias"]) if arrays["context_bias"].ndim == 1 else -1
    shapes = {
        "text_weights": (settings.buckets, count + 2),
        "text_bias": (count + 2,),
        "context_weights": (len(context_names(_structure_names(), labels)), outputs),
        "context_bias": (outputs,),
        "context_members": (outputs, count),
        **dict.fromkeys(("slope", "offset", "threshold"), (count,)),
    }
    for name, shape in shapes.items():
        array, kind = arrays[name], "i" if name == "context_members" else "f"
        if array.shape != shape or array.dtype.kind != kind:
            raise ModelError(
                f"{path}: {name} has shape {array.shape} and type {array.dtype}, expected {shape} / 模型数组形状或类型不符"
            )
        if not np.isfinite(array).all():
            raise ModelError(f"{path}: {name} holds values that are no numbers (NaN) / 模型数组含无效数值")
    members = arrays["context_members"]
    if not np.isin(members, (-1, 0, 1)).all() or not (members >= 0).any(axis=0).all():
        raise ModelError(f"{path}: context_members is no table of label sets / 模型数组内容不符")
