"""Same-length folding of text: what rules and features look at instead of the raw characters.

Web copies mix full- and half-width punctuation, digits and spaces. Folding maps every character to
one canonical form *without moving anything*, so that an offset into the folded text is an offset into
the given text.

Traditional characters become simplified ones in the same way, so that letters of Hong Kong, Macau and
Taiwan, and letters set in traditional type, meet the same rules and features.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dafu.settings import traditional_pairs

CodePoints = NDArray[np.uint32]

_SPACES = "\t\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u200c\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff\x00\x01\x02\x03\x04\x05\x06\x07\x08"
_PAIRS = {
    **{chr(0xFF10 + d): chr(0x30 + d) for d in range(10)},
    **{chr(0xFF21 + d): chr(0x41 + d) for d in range(26)},
    **{chr(0xFF41 + d): chr(0x61 + d) for d in range(26)},
    **dict.fromkeys(_SPACES, " "),
    ",": "，",
    ";": "；",
    ":": "：",
    "!": "！",
    "?": "？",
    "(": "（",
    ")": "）",
    "[": "〔",
    "]": "〕",
    "［": "〔",
    "］": "〕",
    "﹝": "〔",
    "﹞": "〕",
    "【": "〔",
    "】": "〕",
    "<": "《",
    ">": "》",
    "〈": "《",
    "〉": "》",
    "％": "%",
    "﹪": "%",
    "．": ".",
    "－": "-",
    "–": "-",
    "—": "-",
    "―": "-",
    "─": "-",
    "～": "-",
    "~": "-",
    "〜": "-",
    "／": "/",
    "＋": "+",
    "｜": "|",
    "「": "“",
    "」": "”",
    "『": "‘",
    "』": "’",
    "〝": "“",
    "〞": "”",
    "〇": "零",
    "○": "零",
}
_TABLE: CodePoints = np.arange(0x10000, dtype=np.uint32)
for _from, _to in _PAIRS.items():
    _TABLE[ord(_from)] = ord(_to)
_TABLE[0xD800:0xE000] = 0xFFFD  # lone surrogates cannot be encoded
#: Characters that only traditional texts have; the others of the table are folded where these are many.
_ONLY: NDArray[np.bool_] = np.zeros(0x10000, bool)
for _from, _to in traditional_pairs("only"):
    _TABLE[ord(_from)] = _TABLE[ord(_to)]
    _ONLY[ord(_from)] = True
_ALSO = str.maketrans(dict(traditional_pairs("also")))
#: What a table of characters cannot tell: 答覆 is 答复, 覆蓋 is 覆盖; 隨著 is 随着, 顯著 is 显著.
_BY_NEIGHBOUR = (
    (re.compile(r"(?<=[答回函批])覆"), "复"),
    (re.compile(r"(?<![显昭名专编原遗巨论土])著(?![名作称述录者书])"), "着"),
)
#: A text is traditional where one of this many characters exists in traditional texts only. Traditional
#: letters have one in four; simplified ones none but in a name.
_TRADITIONAL_SHARE = 25


def code_points(text: str) -> CodePoints:
    """The text's code points, shape (len(text),). Lone surrogates are kept."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def fold_points(points: CodePoints) -> CodePoints:
    """Folded code points, same shape. Characters beyond the basic plane stay as they are."""
    if len(points) and int(points.max()) >= len(_TABLE):
        return np.where(points < len(_TABLE), _TABLE[np.minimum(points, len(_TABLE) - 1)], points)
    folded: CodePoints = _TABLE[points]
    return folded


def fold(text: str) -> str:
    """The text in canonical characters, of the same length.

    >>> fold("资金2.5亿元,同比增长７％;"), fold("經研究,現答覆如下:")
    ('资金2.5亿元，同比增长7%；', '经研究，现答复如下：')
    """
    if not text:
        return text
    points = code_points(text)
    folded = fold_points(points).astype("<u4").tobytes().decode("utf-32-le")
    return _fold_rest(folded) if is_traditional(points) else folded


def fold_all(texts: Sequence[str]) -> list[str]:
    """:func:`fold` of many texts, in one sweep."""
    points = code_points("".join(texts))
    together = fold_points(points).astype("<u4", copy=False).tobytes().decode("utf-32-le")
    folded: list[str] = []
    start = 0
    for text in texts:
        own = slice(start, start := start + len(text))
        rest = is_traditional(points[own])
        folded.append(_fold_rest(together[own]) if rest else together[own])
    return folded


def is_traditional(points: CodePoints) -> bool:
    """Whether a text is written in traditional characters."""
    known = _ONLY[np.minimum(points, 0xFFFF)]
    return bool(np.count_nonzero(known) * _TRADITIONAL_SHARE > len(points))


def _fold_rest(folded: str) -> str:
    folded = folded.translate(_ALSO)
    for pattern, simplified in _BY_NEIGHBOUR:
        folded = pattern.sub(simplified, folded)
    return folded


def as_written(words: str, text: str, folded: str) -> str:
    """Words found in the folded text, with the text's own Chinese characters; punctuation stays folded.

    >>> as_written("交通局（甲）", "縣交通局(甲)", "县交通局（甲）"), as_written("乙", "甲", "甲")
    ('交通局（甲）', '乙')
    >>> as_written("县交通局", "縣交通局", "县交通局")
    '縣交通局'
    """
    at = folded.find(words)
    if at < 0:
        return words
    own = text[at : at + len(words)]
    return "".join(a if "\u3400" <= a <= "\u9fff" else b for a, b in zip(own, words, strict=True))
