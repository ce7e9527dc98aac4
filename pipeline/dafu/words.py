"""Tokenisation. The only module that imports jieba or rjieba."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from dafu.settings import config_folder

Cut = Callable[[str], list[str]]
Tag = Callable[[str], list[tuple[str, str]]]


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


@functools.cache
def word_tagger(implementation: str | None = None) -> Tag:
    """A function from text to words with jieba's part-of-speech tags; the words are those of :func:`tokenizer`.

    >>> word_tagger()("冻结账户资金")
    [('冻结', 'v'), ('账户', 'n'), ('资金', 'n')]
    """
    if implementation != "jieba":
        try:
            engine = _rust_engine()
        except ImportError:
            if implementation == "rjieba":
                raise
        else:

            def tag(text: str) -> list[tuple[str, str]]:
                found: list[tuple[str, str]] = engine.tag(text, False)
                return found

            return tag
    from jieba.posseg import POSTokenizer

    tokens: Any = POSTokenizer(_python_engine())
    return lambda text: [(pair.word, pair.flag) for pair in tokens.lcut(text, HMM=False)]


@functools.cache
def _rust_engine() -> Any:
    import rjieba

    engine: Any = rjieba.Jieba()
    for word in domain_words():
        engine.add_word(word, None, None)
    return engine


def _rjieba() -> Cut:
    engine = _rust_engine()

    def cut(text: str) -> list[str]:
        found: list[str] = engine.cut(text, False)
        return found

    return cut


@functools.cache
def _python_engine() -> Any:
    import logging

    import jieba

    engine = jieba.Tokenizer()
    jieba.default_logger.setLevel(logging.WARNING)
    engine.initialize()
    for word in domain_words():
        engine.add_word(word)
    return engine


def _jieba() -> Cut:
    engine = _python_engine()

    def cut(text: str) -> list[str]:
        found: list[str] = engine.lcut(text, HMM=False)
        return found

    return cut
