"""The examples in the docstrings run."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import dafu

MODULES = sorted(
    m.name
    for m in pkgutil.walk_packages(dafu.__path__, "dafu.")
    if m.name not in ("dafu.__main__", "dafu.spacy")
)


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
