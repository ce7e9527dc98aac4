"""dafu (答复): labels what Chinese reply letters say was done, will be done, and with which figures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dafu.corpus import LabelledLetter
    from dafu.settings import TrainSettings
    from dafu.tagger import Tagger

__version__ = "0.1.0"


def load(model: str | Path | None = None) -> Tagger:
    """A tagger with a model folder, by default the shipped one.

    Raises:
        dafu.errors.ModelError: the folder holds no model, a damaged or foreign one, or one that was neither made
            on this computer nor trusted (``dafu models trust``).
    """
    from dafu.models import load_model
    from dafu.tagger import Tagger
    from dafu.trust import check_trusted

    if model is None:
        return Tagger(load_model())
    check_trusted(Path(model))
    return Tagger(load_model(Path(model)))


def train(
    letters: Sequence[LabelledLetter], settings: TrainSettings | None = None, *, base: Tagger | None = None
) -> Tagger:
    """A tagger trained on labelled letters (:func:`dafu.corpus.load_corpus`): alone, or starting from ``base``.

    Raises:
        dafu.errors.CorpusError: too little to learn from.
    """
    from dafu.settings import TrainSettings
    from dafu.tagger import Tagger
    from dafu.training import train as train_model
    from dafu.updating import update

    if base is None:
        return Tagger(train_model(letters, settings or TrainSettings()))
    return Tagger(update(base.model, letters, settings or TrainSettings(labels=base.model.labels)))
