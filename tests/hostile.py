"""Broken copies of documents, for the tests of the readers: each must give a text or an ``InputError``."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest

from dafu.errors import InputError
from dafu.records import Extracted


def mutations(data: bytes, count: int, seed: int = 0) -> Iterator[bytes]:
    """Copies with flipped bytes, cut ends, and pieces lost, doubled or zeroed."""
    pick = random.Random(seed)
    for _ in range(count):
        broken = bytearray(data)
        kind = pick.randrange(6)
        at = pick.randrange(len(broken))
        if kind < 3:
            for _ in range(pick.choice((1, 3, 10, 40))):
                broken[pick.randrange(len(broken))] = pick.randrange(256)
        elif kind == 3:
            del broken[at:]
        elif kind == 4:
            del broken[at : at + pick.choice((1, 20, 500))]
        else:
            broken[at : at + pick.choice((4, 60, 900))] = bytes(pick.choice((4, 60, 900)))
        yield bytes(broken)


def survives(read: Callable[[bytes, str], Extracted], broken: bytes) -> None:
    """The reader answers, and its places slice back to lines."""
    try:
        found = read(broken, "broken")
    except InputError as caught:
        told = (caught.reason, caught.remedy)
    else:
        told = ("", "")
        assert_places(found)
    assert all(told) or not any(told)


def assert_places(found: Extracted) -> None:
    assert [found.text[p.start : p.end] for p in found.places] == found.text.split("\n")
    found.text.encode()


def problem(read: Callable[[bytes, str], Extracted], data: bytes, match: str) -> InputError:
    with pytest.raises(InputError, match=match) as caught:
        read(data, "file")
    assert caught.value.source == "file"
    assert caught.value.remedy
    return caught.value
