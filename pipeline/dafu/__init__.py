"""dafu (答复): labels what Chinese reply letters say was done, will be done, and with which figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dafu.tagger import Tagger

__version__ = "0.1.0"


def load(model: str | Path | None = None) -> Tagger:
    """A tagger with a model folder, by default the shipped one.

    Raises:
        dafu.errors.ModelError: the folder holds no model, or a damaged or foreign one.
    """
    from dafu.models import load_model
    from dafu.tagger import Tagger

    return Tagger(load_model(Path(model) if model else None))
