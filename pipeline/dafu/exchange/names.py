"""Label names as people write them, to the labels of the scheme."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from dafu.errors import SettingsError, nearest
from dafu.folding import fold
from dafu.records import COMPLETED, LABEL_NAMES, LABELS, OTHER, PLANNED, QUANTITATIVE, Label

_VARIANTS: Mapping[Label, str] = {
    COMPLETED: "completed complete done 已办举措 已办 已办理 已完成 完成 已落实 已办措施 办结 已办结",
    PLANNED: "planned plan plans 计划举措 计划 计划措施 拟办 拟办举措 打算 下一步 承诺 未来举措",
    QUANTITATIVE: "quantitative quant quantity 量化表述 量化 量化数据 定量 数据",
}
_NONE = "other none no 其他 其它 无 无标签 都不是 均无 不属于 n/a na nan null - 以上都不是"
_YES = frozenset(["是", "1", "1.0", "true", "yes", "y", "√", "✓", "✔", "☑", "有", "对", "v", "t"])
_NO = frozenset(
    ["否", "0", "0.0", "false", "no", "n", "×", "✗", "✘", "☐", "无", "没有", "不是", "f", "-", "其他"]
)
_SEPARATOR = re.compile(r"[、，；/|#+\s]+")


class UnknownLabel(ValueError):
    """A label name that nothing is known of; the message names the nearest known one."""


class LabelNames:
    """Maps names to labels: the labels themselves, their Chinese names, usual variants, and a user's ``extra``.

    >>> names = LabelNames()
    >>> names.split("已办；量化"), names.split("其他"), names.split("")
    (('completed', 'quantitative'), ('other',), ())
    """

    def __init__(self, labels: Sequence[Label] = LABELS, extra: Mapping[str, str] | None = None) -> None:
        self.labels = tuple(labels)
        self._known: dict[str, Label] = {_plain(word): OTHER for word in _NONE.split()}
        for label in labels:
            for word in (label, LABEL_NAMES.get(label, label), *_VARIANTS.get(label, "").split()):
                self._known[_plain(word)] = label
        for word, label in (extra or {}).items():
            if label not in (*labels, OTHER):
                raise SettingsError(
                    f"--map {word}={label}: unknown label; {nearest(label, [*labels, OTHER])} / 未知标签"
                )
            self._known[_plain(word)] = label

    def resolve(self, name: str) -> Label:
        """The label of a name; ``other`` for words that say there is none.

        Raises:
            UnknownLabel: the name is not known.
        """
        label = self._known.get(_plain(name))
        if label is None:
            raise UnknownLabel(f"未知标签“{name[:40]}”({nearest(_plain(name), self._known)})")
        return label

    def knows(self, name: str) -> bool:
        """Whether a name is known."""
        return _plain(name) in self._known

    def split(self, cell: str) -> tuple[Label, ...]:
        """The labels of a cell: joined by 、；;,/|#+ or blanks, or in JSON as annotation tools write it.

        Raises:
            UnknownLabel: one of the names is not known.
        """
        return tuple(dict.fromkeys(self.resolve(name) for name in written(cell, self)))


def written(cell: str, names: LabelNames | None = None) -> tuple[str, ...]:
    """The names in a label cell, as they are written.

    >>> written('{"choices":["已办","量化"]}'), written("已办 / 量化")
    (('已办', '量化'), ('已办', '量化'))
    """
    cell = cell.strip()
    if cell[:1] in "[{" and cell:
        try:
            value = json.loads(cell)
        except ValueError:
            value = None
        if isinstance(value, dict):
            value = value.get("choices")
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
    if names is not None and cell and names.knows(cell):
        return (cell,)  # a name may hold a separator
    return tuple(part for part in _SEPARATOR.split(fold(cell)) if part)


def yes_or_no(cell: str) -> bool | None:
    """What a cell under a label's own column says: yes, no (an empty cell too), or ``None``: neither."""
    plain = _plain(cell)
    if plain in _YES:
        return True
    return False if not plain or plain in _NO else None


def _plain(name: str) -> str:
    plain = fold(name).strip().lower()
    return plain.removeprefix("__label__").strip("“”‘’\"'。；， ")


def shown(labels: Sequence[Label]) -> list[str]:
    """The names to show for labels; 其他 for none."""
    return [LABEL_NAMES.get(label, label) for label in labels] or [LABEL_NAMES[OTHER]]
