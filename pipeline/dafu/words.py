"""Tokenisation. The only module that imports jieba or rjieba."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from dafu.settings import config_folder

Cut = Callable[[str], list[str]]


def domain_words() -> list[str]:
    """The words of ``configs/words.txt``: one a line, ``#`` begins a comment."""
    lines = (config_folder() / "words.txt").read_text(encoding="utf-8").splitlines()
    return [word for line in lines if (word := line.partition("#")[0].strip())]


@functools.cache
def tokenizer(implementation: str | None = None) -> Cut:
    """A function from text to words that join to the text again, with a dictionary of its own.

    ``implementation`` is ``rjieba`` (Rust, the default where it is installed) or ``jieba``. No hidden Markov
    model: words that the dictionary does not know fall into characters, which is fast and the same in both.

    >>> tokenizer()("修订种子基金管理办法")
    ['修订', '种子', '基金', '管理', '办法']
    """
    if implementation != "jieba":
        try:
            return _rjieba()
        except ImportError:
            if implementation == "rjieba":
                raise
    return _jieba()


def _rjieba() -> Cut:
    import rjieba

    engine: Any = rjieba.Jieba()
    for word in domain_words():
        engine.add_word(word, None, None)

    def cut(text: str) -> list[str]:
        found: list[str] = engine.cut(text, False)
        return found

    return cut


def _jieba() -> Cut:
    import logging

    import jieba

    engine = jieba.Tokenizer()
    jieba.default_logger.setLevel(logging.WARNING)
    engine.initialize()
    for word in domain_words():
        engine.add_word(word)

    def cut(text: str) -> list[str]:
        found: list[str] = engine.lcut(text, HMM=False)
        return found

    return cut
