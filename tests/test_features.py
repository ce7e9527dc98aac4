from __future__ import annotations

import numpy as np

from conftest import LETTER
from dafu.context import context_columns, context_names, shifted
from dafu.features import batch_sentences, count_matrix, text_grams, text_scores
from dafu.letter import parse_letter
from dafu.structure import structure_columns

ORDERS, BUCKETS = (1, 2, 3, 4), 2**12
LETTERS = [parse_letter(LETTER, id="a"), parse_letter("我局已办结。", id="b"), parse_letter("", id="c")]


def test_a_batch_holds_every_sentence_at_its_offsets() -> None:
    batch = batch_sentences(LETTERS)
    sentences = [(letter, s) for letter in LETTERS for s in letter.sentences]
    assert len(batch) == len(sentences)
    for (letter, sentence), start, end, origin in zip(
        sentences, batch.start, batch.end, batch.origin, strict=True
    ):
        assert (start + origin, end + origin) == (sentence.start, sentence.end)
        assert len(batch.text[start:end]) == len(letter.text[sentence.start : sentence.end])


def test_gather_and_sum_give_what_the_matrix_product_gives() -> None:
    batch = batch_sentences(LETTERS)
    weights = np.random.default_rng(1).normal(size=(BUCKETS, 3))
    bias = np.array([0.5, -1.0, 0.0])
    expected = count_matrix(batch, ORDERS, BUCKETS) @ weights + bias
    scores, _ = text_scores(batch, text_grams(batch, ORDERS, BUCKETS), weights, bias)
    np.testing.assert_allclose(scores, expected, atol=1e-9)


def test_a_sentence_of_one_clause_has_the_clause_scores_of_its_own() -> None:
    batch = batch_sentences([parse_letter("我局已办结该事项。")])
    weights = np.random.default_rng(1).normal(size=(BUCKETS, 2))
    scores, clauses = text_scores(batch, text_grams(batch, ORDERS, BUCKETS), weights, np.zeros(2))
    for part in range(4):
        np.testing.assert_allclose(clauses[:, 2 * part : 2 * part + 2], np.clip(scores, -8, 8) / 4)


def test_features_of_a_letter_do_not_depend_on_its_neighbours() -> None:
    alone, together = batch_sentences(LETTERS[:1]), batch_sentences(LETTERS[::-1])
    rows = [i for i, owner in enumerate(together.letter) if together.letters[owner].id == "a"]
    weights = np.random.default_rng(1).normal(size=(BUCKETS, 5))
    results = []
    for batch in (alone, together):
        structure, names = structure_columns(batch)
        logits, clauses = text_scores(batch, text_grams(batch, ORDERS, BUCKETS), weights, np.zeros(5))
        results.append(context_columns(batch, structure, names, logits, clauses))
    np.testing.assert_allclose(results[0], results[1][rows], atol=1e-4)


def test_digits_are_alike_and_sentences_do_not_share_ngrams() -> None:
    one, two = (
        batch_sentences([parse_letter("投入12万元。")]),
        batch_sentences([parse_letter("投入98万元。")]),
    )
    assert (
        count_matrix(one, (1, 2), BUCKETS) != count_matrix(two, (1, 2), BUCKETS)
    ).nnz <= 2  # words of digits differ
    both = batch_sentences([parse_letter("投入12万元。投入98万元。")])
    assert count_matrix(both, (1,), BUCKETS).shape == (2, BUCKETS)


def test_shifted_stays_within_its_group() -> None:
    values = np.arange(5, dtype=np.float32)[:, None]
    group = np.array([0, 0, 1, 1, 1])
    assert shifted(values, group, 1)[:, 0].tolist() == [1, 0, 3, 4, 0]
    assert shifted(values, group, -1)[:, 0].tolist() == [0, 0, 0, 2, 3]
    assert shifted(values, group, 9)[:, 0].tolist() == [0] * 5


def test_the_last_lead_in_and_heading_are_heard_by_what_follows_in_the_letter() -> None:
    letters = [
        parse_letter("我们做了这些事：\n拆除围墙。\n二、今后打算\n补种树苗。"),
        parse_letter("清运垃圾。"),
    ]
    batch = batch_sentences(letters)
    structure, names = structure_columns(batch)
    logits = np.zeros((len(batch), 5))
    logits[:, -1] = [-2, 1, 4, 1, 1]  # the tense of each sentence by the text pass
    columns = context_columns(batch, structure, names, logits, np.zeros((len(batch), 21)))
    named = context_names(names, ("completed", "planned", "quantitative"))
    heard = columns[:, [named.index("lead-in=is-planned"), named.index("heading=is-planned")]]
    np.testing.assert_allclose(heard, [[0, 0], [-0.76, 0], [-0.76, 0], [-0.76, 0.96], [0, 0]], atol=0.01)
