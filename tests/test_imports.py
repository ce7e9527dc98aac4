"""Imports run downwards only (design): each module may import only from layers below its own."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

LAYERS = [
    {"errors", "records"},
    {"settings", "folding"},
    {
        "dates",
        "layout",
        "sentences",
        "quantities",
        "numerals",
        "screening",
        "periods",
        "durations",
        "unitless",
        "verbs",
        "cues",
        "words",
    },
    {"sections", "header"},
    {"letter"},
    {"crops", "counterfactuals", "frames"},
    {"features"},
    {"structure"},
    {"context"},
    {"scoring"},
    {"classifier"},
    {"choices"},
    {"figures", "commitments", "changes", "clauses", "cuts", "dating", "indicators", "phrases"},
    {"tags"},
    {"tagger"},
    {"tables", "corpus"},
    {"fitting"},
    {"readers", "writers", "corpus_checks", "evaluation", "bags", "agreement", "selection"},
    {"trust"},
    {"models", "training", "updating"},
    {"store", "annotators", "deciding", "estimators", "doubts"},
    {"retraining"},
    {"limits"},
    {"shards", "worker"},
    {"executors"},
    {"batch"},
    {"__init__", "spacy"},
    {"exchange"},
    {"cli", "__main__"},
]
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
PACKAGE = Path(__file__).resolve().parent.parent / "pipeline" / "dafu"
FILES = sorted(PACKAGE.rglob("*.py"))


def module_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(tree: ast.Module) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "dafu":
            names |= {node.module.split(".")[1]} if "." in node.module else {"__init__"}
        elif isinstance(node, ast.Import):
            names |= {a.name.split(".")[1] for a in node.names if a.name.startswith("dafu.")}
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_run_downwards(path: Path) -> None:
    own = module_of(path)
    assert own in RANK, f"give {own} a layer"
    if own == "__init__":
        return  # dafu.load imports what it needs when it is called
    for name in imported(ast.parse(path.read_text(encoding="utf-8"))):
        allowed = RANK[name] < RANK[own] or name == own or (RANK[name] == RANK[own] and name != own)
        if name == "__init__":
            allowed = own in ("cli", "spacy", "batch", "__main__")
        assert allowed, f"{own} imports {name}"


@pytest.mark.parametrize(
    "library",
    [
        "jieba",
        "rjieba",
        "ahocorasick_rs",
        "xlsxwriter",
        "openpyxl",
        "spacy",
        "joblib",
        "lxml",
        "pypdfium2",
        "striprtf",
        "distributed",
        "fsspec",
    ],
)
def test_heavy_libraries_have_one_owner(library: str) -> None:
    owners = {
        module_of(path)
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Import) and any(a.name.split(".")[0] == library for a in node.names))
        or (isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == library)
    }
    assert len(owners) == 1
