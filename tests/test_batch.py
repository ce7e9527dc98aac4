from __future__ import annotations

import pytest

from conftest import LETTER
from dafu.batch import run
from dafu.records import Document, Problem, TaggedLetter
from dafu.tagger import Tagger

DOCUMENTS: list[Document | Problem] = [
    *(Document(str(i), f"我局已办结第{i}件。\n{LETTER}", "") for i in range(150)),
    Problem("坏.txt", None, "坏。", "修。"),
    Document("last", LETTER, ""),
]


def test_order_is_kept_and_problems_pass_through(tagger: Tagger) -> None:
    done: list[int] = []
    items = list(run(DOCUMENTS, tagger, advance=done.append))
    assert [x.letter.id if isinstance(x, TaggedLetter) else x.source for x in items] == [
        *map(str, range(150)),
        "坏.txt",
        "last",
    ]
    assert sum(done) == len(DOCUMENTS)


@pytest.mark.slow
def test_two_workers_give_what_one_gives(tagger: Tagger) -> None:
    assert list(run(DOCUMENTS, tagger, jobs=2)) == list(run(DOCUMENTS, tagger))


def test_a_poison_document_costs_only_itself(tagger: Tagger, monkeypatch: pytest.MonkeyPatch) -> None:
    original = Tagger.tag

    def poisoned(self: Tagger, documents):  # type: ignore[no-untyped-def]
        if any(d.id == "7" for d in documents):
            raise ValueError("poison")
        return original(self, documents)

    monkeypatch.setattr(Tagger, "tag", poisoned)
    items = list(run(DOCUMENTS[:20], tagger))
    (problem,) = [x for x in items if isinstance(x, Problem)]
    assert "poison" in problem.reason
    assert len(items) == 20
