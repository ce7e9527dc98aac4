"""Retraining from end to end: new letters to a challenger, its comparison with the champion, and a verdict."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dafu.corpus import LabelledLetter, load_corpus
from dafu.deciding import Contest, Verdict, answers_of, as_dict, compare_on, decide, out_of_fold_answers
from dafu.errors import ModelError, SettingsError
from dafu.models import read_manifest
from dafu.records import LABEL_NAMES, LABELS, Label
from dafu.settings import TrainSettings, build, corpus_folder
from dafu.tagger import Model
from dafu.training import Progress, train
from dafu.updating import update


@dataclass(frozen=True, slots=True)
class Outcome:
    """A challenger, the settings to keep with it, and how it compares with the champion."""

    model: Model
    settings: TrainSettings
    own: Contest | None
    shipped: Contest | None
    verdict: Verdict
    notes: tuple[tuple[str, str], ...]

    def record(self, champion: str) -> dict[str, Any]:
        """What ``verdict.json`` keeps."""
        return {
            "champion": champion,
            "verdict": self.verdict.verdict,
            "zh": self.verdict.zh,
            "en": self.verdict.en,
            "own": as_dict(self.own),
            "shipped": as_dict(self.shipped),
        }


def settings_of(folder: Path) -> TrainSettings:
    """The settings that a model was trained with.

    Raises:
        ModelError: no model, or a damaged one.
    """
    try:
        return build(TrainSettings, read_manifest(folder)["settings"], str(folder))
    except (KeyError, TypeError, SettingsError) as error:
        raise ModelError(f"{folder}: damaged / 文件损坏: {error}") from error


def letter_digests(letters: Sequence[LabelledLetter]) -> list[str]:
    """What a model's manifest keeps of the letters it learned from: enough to know them again, not to read them."""
    return sorted({_digest(labelled) for labelled in letters})


def _digest(labelled: LabelledLetter) -> str:
    return hashlib.sha256(labelled.letter.text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def learned_from(folder: Path) -> frozenset[str]:
    """The digests of the letters that a model's manifest names."""
    letters = read_manifest(folder).get("letters", [])
    return frozenset(map(str, letters)) if isinstance(letters, list) else frozenset()


def retrain(
    letters: Sequence[LabelledLetter],
    settings: TrainSettings,
    champion: Model,
    *,
    base: Model | None,
    seen: frozenset[str] = frozenset(),
    weight: float = 1.0,
    name: str = "model",
    progress: Progress = lambda _: None,
) -> Outcome:
    """A challenger from new letters, compared with ``champion``.

    ``base`` is the model to start from, ``None`` to train on the letters alone. On the user's letters the
    challenger is scored out of fold, by issuing body, so that it never saw what it is scored on; letters that the
    champion learned from (``seen``) are left out of the comparison.

    Raises:
        CorpusError: too little to learn from.
    """

    from threadpoolctl import threadpool_limits

    def make(part: Sequence[LabelledLetter]) -> Model:
        # one thread: small products are faster so, and the sums come out the same on any number of cores
        with threadpool_limits(limits=1):
            if base is None:
                return train(part, settings, name=name)
            return update(base, part, settings, weight=weight, name=name)

    progress("训练")
    model = make(letters)
    labels = model.labels
    own = None
    new = [x for x in letters if _digest(x) not in seen]
    bodies = len({x.issuer for x in new})
    notes: list[tuple[str, str]] = []
    if len(new) < len(letters):
        notes.append(
            (
                f"{len(letters) - len(new)} 封信件是现用模型训练过的,不参加比较",
                f"{len(letters) - len(new)} letters were learned by the present model and are left out of the comparison",
            )
        )
    if len({x.issuer for x in letters}) < 2:
        notes.append(
            (
                "新信件只来自一个机关,无法留出没见过的机关来检验,因此不在新信件上比较",
                "the new letters are of a single issuing body: no honest split is possible, so they are not scored",
            )
        )
    elif new:
        progress("交叉检验")
        answers = out_of_fold_answers(letters, make, lambda step: progress(f"交叉检验 {step}"))
        pairs = [(x, a) for x, a in zip(letters, answers, strict=True) if _digest(x) not in seen]
        kept = [x for x, _ in pairs]
        own = compare_on(kept, answers_of(champion, kept), [a for _, a in pairs], labels)
    progress("自带留出信件")
    shipped = on_shipped(champion, model, exclude=frozenset(letter_digests(letters)))
    if shipped is None:
        notes.append(("没有可比较的自带留出信件", "there are no shipped held-out letters to compare on"))
    verdict = decide(own, shipped, bodies if own else 0)
    return Outcome(model, _kept(settings, model), own, shipped, verdict, tuple(notes))


def on_shipped(
    champion: Model, challenger: Model, *, exclude: frozenset[str] = frozenset()
) -> Contest | None:
    """Both models on the shipped corpus' held-out letters and labels; ``None`` where there are none of these."""
    labels: list[Label] = [label for label in challenger.labels if label in LABELS]
    folder = corpus_folder()
    if not labels or not folder.is_dir() or not any(folder.glob("*.jsonl")):
        return None
    held = [x for x in load_corpus(folder) if x.split == "heldout" and _digest(x) not in exclude]
    return compare_on(held, answers_of(champion, held), answers_of(challenger, held), labels)


def _kept(settings: TrainSettings, model: Model) -> TrainSettings:
    """The settings as they belong to the model: its labels, in its order, with their names."""
    given = dict(zip(settings.labels, settings.label_names, strict=False))
    names = tuple(given.get(label, LABEL_NAMES.get(label, label)) for label in model.labels)
    return replace(
        settings, labels=model.labels, label_names=names, orders=model.orders, buckets=model.buckets
    )
