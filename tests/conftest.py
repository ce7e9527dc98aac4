"""Shared fixtures: one tagger a session, and a few invented letters."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import dafu
from dafu import records
from dafu.tagger import Tagger

# The models of whoever runs the tests are none of their business.
os.environ["DAFU_HOME"] = tempfile.mkdtemp(prefix="dafu-home-")
atexit.register(shutil.rmtree, os.environ["DAFU_HOME"], ignore_errors=True)

ROOT = Path(__file__).resolve().parent.parent

LETTER = """青沅县交通运输局关于县政协十届三次会议第0057号提案答复的函
李明远委员：
您提出的《关于拓宽石桥路的提案》（第0057号）收悉。经会同县住建局研究，现答复如下：
一、工作开展情况
（一）完善路网规划。去年以来，我局先后印发《石桥路整治方案》等文件，投入资金320万元，完成沿线6.5公里路面修复。
二、下一步工作打算
下一步，我局将重点做好以下工作：
（一）加快前期工作。2025年底前完成施工图设计，力争改造路段不少于8公里。
（二）加强日常养护。
感谢您对交通工作的关心和支持！
青沅县交通运输局
2024年5月16日"""


@pytest.fixture(autouse=True)
def own_label_names() -> Iterator[None]:
    """Models of other label sets name their labels for the whole process: not beyond their test."""
    before = dict(records._names)
    yield
    records._names.clear()
    records._names.update(before)


@pytest.fixture(scope="session")
def tagger() -> Tagger:
    return dafu.load()


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT
