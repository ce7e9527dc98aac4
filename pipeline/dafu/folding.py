"""Same-length folding of text: what rules and features look at instead of the raw characters.

Web copies mix full- and half-width punctuation, digits and spaces. Folding maps every character to
one canonical form *without moving anything*, so that an offset into the folded text is an offset into
the given text.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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

    >>> fold("资金2.5亿元,同比增长７％;")
    '资金2.5亿元，同比增长7%；'
    """
    if text.isascii() and not text:
        return text
    return fold_points(code_points(text)).astype("<u4").tobytes().decode("utf-32-le")
