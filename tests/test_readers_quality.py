"""Floors of what comes out of documents, on letters of the corpus; the full figures: ``tests/bench/readers.py``."""

from __future__ import annotations

import importlib.util
import random
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from dafu.corpus import load_corpus
from dafu.readers.docx import read_docx
from dafu.readers.ofd import read_ofd
from dafu.readers.pdf import read_pdf
from dafu.records import Extracted
from dafu.tagger import Tagger
from ofd_writer import lay_out
from test_readers_pdf import make

Made = tuple[bytes, list[str]]


@pytest.fixture(scope="module")
def bench(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench_readers", root / "tests" / "bench" / "readers.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def letters(root: Path) -> list[list[str]]:
    texts = [letter.letter.text for letter in load_corpus(root / "corpus")]
    chosen = random.Random(3).sample(texts, 25)
    return [[line.strip() for line in text.split("\n") if line.strip()] for text in chosen]


def as_docx(bench: ModuleType, lines: list[str], seed: int, folder: Path) -> Made:
    path = folder / f"{seed}.docx"
    expected = bench.make_docx(lines, bench.style_of(seed), "澜浦县交通运输局", path)
    return path.read_bytes(), expected


def as_pdf(bench: ModuleType, lines: list[str], seed: int, folder: Path) -> Made:
    numbers = ("", "— {} —", "第{}页 共{}页")[seed % 3]
    pages = lay_out(
        lines, rows=22, columns=26 + seed % 4, numbers=numbers, centred=int(bench.titled(lines[0]))
    )
    return make(pages), lines


def as_ofd(bench: ModuleType, lines: list[str], seed: int, folder: Path) -> Made:
    return bench.make_ofd(lines, seed), lines


@pytest.mark.parametrize(
    ("render", "read", "characters", "paragraphs", "tags"),
    [
        (as_docx, read_docx, 0.999, 0.999, 0.999),
        (as_pdf, read_pdf, 0.995, 0.985, 0.99),
        (as_ofd, read_ofd, 0.995, 0.985, 0.99),
    ],
    ids=["docx", "pdf", "ofd"],
)
def test_letters_come_back(
    bench: ModuleType,
    letters: list[list[str]],
    tagger: Tagger,
    tmp_path: Path,
    render: Callable[[ModuleType, list[str], int, Path], Made],
    read: Callable[[bytes, str], Extracted],
    characters: float,
    paragraphs: float,
    tags: float,
) -> None:
    score = bench.Score()
    for seed, lines in enumerate(letters):
        data, expected = render(bench, lines, seed, tmp_path)
        bench.compare(expected, read(data, "file").text.split("\n"), score, tagger)
    assert 2 * score.same / (score.gold + score.said) >= characters
    assert 2 * score.same_breaks / (score.gold_breaks + score.said_breaks) >= paragraphs
    assert score.agreed / score.sentences >= tags
