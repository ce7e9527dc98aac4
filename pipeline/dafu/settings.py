"""``configs/*.toml`` to typed settings. Unknown keys fail, naming the nearest known one."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from dafu.errors import SettingsError, nearest
from dafu.records import name_labels

T = TypeVar("T")
_HERE = Path(__file__).resolve().parent


def config_folder() -> Path:
    """Where the shipped ``configs/`` lies: inside an installed package, or at the top of a checkout."""
    installed = _HERE / "configs"
    return installed if installed.is_dir() else _HERE.parents[1] / "configs"


def model_folder() -> Path:
    """Where the shipped models lie: inside an installed package, or ``models/`` of a checkout."""
    installed = _HERE / "models_shipped"
    return installed if installed.is_dir() else _HERE.parents[1] / "models"


def corpus_folder() -> Path:
    """Where the shipped corpus lies: inside an installed package, or ``corpus/`` of a checkout."""
    installed = _HERE / "corpus_shipped"
    return installed if installed.is_dir() else _HERE.parents[1] / "corpus"


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file as a dictionary.

    Raises:
        SettingsError: the file is missing or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsError(f"{path}: no such settings file / 找不到设置文件") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not valid TOML / 设置文件格式有误: {error}") from error


def build(kind: type[T], values: Mapping[str, Any], where: str) -> T:
    """A settings dataclass from a table; lists become tuples.

    Raises:
        SettingsError: an unknown key, a missing one, or a value of another type.
    """
    known = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]
    hints = get_type_hints(kind)
    for key in values:
        if key not in known:
            raise SettingsError(f"{where}: unknown key {key!r}; {nearest(key, known)}")
    arguments: dict[str, Any] = {}
    for name, field in known.items():
        if name not in values:
            if field.default is MISSING and field.default_factory is MISSING:
                raise SettingsError(f"{where}: missing key {name!r}")
            continue
        value = values[name]
        expected = hints[name]
        if isinstance(value, list):
            value = tuple(value)
        if expected is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        plain = expected if isinstance(expected, type) else getattr(expected, "__origin__", object)
        if not isinstance(value, plain) or (plain in (int, float) and isinstance(value, bool)):
            raise SettingsError(f"{where}: {name} = {value!r} should be of type {plain.__name__}")
        arguments[name] = value
    return kind(**arguments)


@dataclass(frozen=True, slots=True)
class SectionPatterns:
    """Patterns that open one kind of section; see ``configs/sections.toml``."""

    heading: tuple[str, ...]
    leadin: tuple[str, ...]
    trigger: tuple[str, ...]


@functools.cache
def section_patterns() -> dict[str, SectionPatterns]:
    """The shipped section patterns by section kind."""
    path = config_folder() / "sections.toml"
    return {
        name: build(SectionPatterns, table, f"{path} [{name}]") for name, table in read_toml(path).items()
    }


@functools.cache
def unit_classes() -> dict[str, tuple[str, ...]]:
    """The units of quantities by class; see ``configs/units.toml``."""
    path = config_folder() / "units.toml"
    return {name: build(_Units, table, f"{path} [{name}]").units for name, table in read_toml(path).items()}


@dataclass(frozen=True, slots=True)
class _Units:
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Words:
    words: str
    endings: str = ""


@dataclass(frozen=True, slots=True)
class WordClass:
    """A class of words; see ``configs/frames.toml``. ``endings`` make any word that ends so one of them."""

    words: frozenset[str]
    endings: tuple[str, ...]


_FRAME_CLASSES = (
    "own", "self", "short_body", "body", "private", "future", "soft_future", "past", "perfect", "under_way",
    "negation", "condition", "request", "rule", "saying", "noun", "mark",
)  # fmt: skip


@functools.cache
def frame_words() -> dict[str, WordClass]:
    """The classes of words that frames are read by.

    Raises:
        SettingsError: a class is missing, or there is one that frames do not know.
    """
    path = config_folder() / "frames.toml"
    tables = {name: build(_Words, table, f"{path} [{name}]") for name, table in read_toml(path).items()}
    for name in set(tables) ^ set(_FRAME_CLASSES):
        what = f"unknown class; {nearest(name, _FRAME_CLASSES)}" if name in tables else "missing class"
        raise SettingsError(f"{path}: {what} [{name}] / 词类有误")
    return {
        name: WordClass(frozenset(table.words.split()), tuple(table.endings.split()))
        for name, table in tables.items()
    }


@dataclass(frozen=True, slots=True)
class CueRule:
    """One cue rule; see ``configs/cues.toml`` for what the keys mean."""

    id: str
    label: str
    words: tuple[str, ...]
    examples: tuple[str, ...]
    counter: tuple[str, ...]
    not_words: tuple[str, ...] = ()
    scope: str = "anywhere"
    not_before: str = ""
    not_after: str = ""


@functools.cache
def cue_rules() -> tuple[CueRule, ...]:
    """The shipped cue rules, in file order."""
    path = config_folder() / "cues.toml"
    rules = tuple(
        build(CueRule, table, f"{path} [[cue]] {table.get('id', '?')}") for table in read_toml(path)["cue"]
    )
    for rule in rules:
        if rule.scope not in ("anywhere", "clause", "sentence"):
            raise SettingsError(
                f"{path} {rule.id}: scope = {rule.scope!r}; known: anywhere, clause, sentence"
            )
    return rules


def traditional_pairs(group: str) -> list[tuple[str, str]]:
    """Traditional characters and their simplified forms; the groups stand in ``configs/traditional.txt``."""
    text = (config_folder() / "traditional.txt").read_text(encoding="utf-8")
    block = text.split(f"[{group}]\n", 1)[1].split("[", 1)[0]
    return [(pair[0], pair[1]) for pair in block.split()]


@dataclass(frozen=True, slots=True)
class PolicyField:
    """A policy field of the corpus; see ``configs/fields.toml``."""

    name: str
    words: tuple[str, ...]


@functools.cache
def policy_fields() -> dict[str, PolicyField]:
    """The policy fields by the name of their corpus file, in the order in which they are tried."""
    path = config_folder() / "fields.toml"
    return {key: build(PolicyField, table, f"{path} [{key}]") for key, table in read_toml(path).items()}


@dataclass(frozen=True, slots=True)
class TrainSettings:
    """What training reads; every default of training lives here.

    ``label_names`` are the names that users see, in the order of ``labels``; empty: dafu's own.
    """

    corpus: str = "corpus"
    labels: tuple[str, ...] = ("completed", "planned", "quantitative")
    label_names: tuple[str, ...] = ()
    buckets: int = 262144
    orders: tuple[int, ...] = (1, 2, 3, 4)
    min_count: int = 2
    text_strength: float = 4.0
    context_strength: float = 0.01
    neighbours: float = 0.2
    crops: int = 2
    counterfactuals: bool = True
    folds: int = 5
    review_band: float = 0.15
    bag_rounds: int = 2
    update_text: float = 1.0
    update_context: float = 0.0001


def train_settings(path: Path | None = None) -> TrainSettings:
    """Training settings from a file (the shipped ``train.toml`` by default).

    ``labels`` is a list, or a table of labels with the names that users see, which are theirs from then on.

    Raises:
        SettingsError: an unknown key, a value of another type, labels that are empty, doubled or reserved.
    """
    path = path or config_folder() / "train.toml"
    values = read_toml(path)
    if isinstance(values.get("labels"), dict):
        table = values["labels"]
        values |= {"labels": list(table), "label_names": list(table.values())}
    settings = build(TrainSettings, values, str(path))
    check_labels(settings.labels, settings.label_names, str(path))
    if settings.label_names:
        name_labels(settings.labels, settings.label_names)
    if settings.folds < 2 or settings.buckets < 2 or settings.buckets & (settings.buckets - 1):
        raise SettingsError(
            f"{path}: folds must be 2 or more, buckets a power of two / folds 至少为 2,buckets 应为 2 的幂"
        )
    return settings


def check_labels(labels: Sequence[object], names: Sequence[object], where: str) -> None:
    """Whether labels and the names that users see can stand in tables.

    Raises:
        SettingsError: none at all, too many, no text, doubled, reserved, or not as many names as labels.
    """
    for given, reserved in ((labels, "other"), (names, "其他")):
        for word in given:
            if not isinstance(word, str) or not word.strip() or len(word) > 40 or not word.isprintable():
                raise SettingsError(f"{where}: label {word!r} is no short text / 标签应为简短文字")
            if word == reserved:
                raise SettingsError(
                    f"{where}: {word!r} stands for no label at all / “{word}”表示无标签,不能作标签"
                )
        if len(set(given)) < len(given):
            raise SettingsError(f"{where}: a label stands twice / 标签重复")
    if not labels or len(labels) > 30:
        raise SettingsError(f"{where}: 1 to 30 labels, not {len(labels)} / 标签应为 1 至 30 个")
    if names and len(names) != len(labels):
        raise SettingsError(f"{where}: label_names are not as many as labels / 标签名与标签数目不符")
