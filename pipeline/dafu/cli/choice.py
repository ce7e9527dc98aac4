"""Which model a command uses: the one that was asked for, the promoted one, or the shipped one."""

from __future__ import annotations

from pathlib import Path

import click

from dafu.cli import say


def chosen_model(model: Path | None) -> Path | None:
    """The folder to load, ``None`` for the shipped model. That a promoted one is used is said on standard error.

    Raises:
        dafu.errors.ModelError: the promoted model is gone or the store is damaged.
    """
    if model is not None:
        return model
    from dafu.store import Store

    current = Store().current()
    if current is not None:
        click.echo(
            say(
                f"使用已启用的模型 {current.name}(dafu models list)",
                f"using the promoted model {current.name} (dafu models list)",
            ),
            err=True,
        )
    return current
