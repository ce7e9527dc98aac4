"""A stream of documents cut into shards: the unit that is worked on, kept and, after a break, found again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dafu.readers import Item, repeated
from dafu.readers.sources import FileItem
from dafu.records import Document, Problem

#: A shard ends where it holds this share of its size and its last item's digest says so: an item that is added
#: or taken away moves only the borders near it, and all other shards are found again.
_EARLIEST = 0.5
_ONE_IN = 8
#: What a file counts beyond its bytes: a hundred thousand tiny files are work too.
_OVERHEAD = 200
_MOST_ITEMS = 20_000


@dataclass(frozen=True, slots=True)
class Shard:
    """Consecutive items. ``key`` is a digest of what they hold, ``size`` their bytes."""

    index: int
    key: str
    size: int
    items: tuple[Item, ...]


def cut(items: Iterable[Item], size: int) -> Iterator[Shard]:
    """Cut items into shards of at most ``size`` bytes (or one item), by their contents.

    A second item of the same id becomes a problem. The same items give the same shards.
    """
    seen = IdSet()
    held: list[Item] = []
    digest = hashlib.blake2b(digest_size=12)
    weight = index = 0
    for item in items:
        if not isinstance(item, Problem) and seen.add(item.id):
            item = repeated(item.source, item.id)
        mark = _digest(item)
        digest.update(mark)
        held.append(item)
        weight += _weight(item)
        if (
            weight >= size
            or len(held) >= _MOST_ITEMS
            or (weight >= size * _EARLIEST and int.from_bytes(mark[:4], "big") % _ONE_IN == 0)
        ):
            yield Shard(index, digest.hexdigest(), weight, tuple(held))
            index += 1
            held, weight = [], 0
            digest = hashlib.blake2b(digest_size=12)
    if held:
        yield Shard(index, digest.hexdigest(), weight, tuple(held))


def _weight(item: Item) -> int:
    if isinstance(item, Problem):
        return _OVERHEAD
    return _OVERHEAD + (3 * len(item.text) if isinstance(item, Document) else item.size)


def _digest(item: Item) -> bytes:
    """A digest of an item: its name, its text or bytes and what its row says of it; of a file its size and time of
    change."""
    digest = hashlib.blake2b(digest_size=12)
    if isinstance(item, Problem):
        parts: list[str | bytes] = [item.source, str(item.line), item.reason]
    elif isinstance(item, Document):
        parts = [item.id, item.source, item.text]
        parts += [word for pair in sorted(item.meta.items()) for word in pair]
    elif isinstance(item, FileItem):
        parts = [item.id, item.path, str(item.size), item.stamp]
    else:
        parts = [item.id, item.source, item.data]
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.digest()


class IdSet:
    """A set of ids in eight bytes an id, so that ten million of them fit into 100 MB.

    Ids are told apart by 64 bits of their digest: among ten million a false hit has a chance of 3 in a million.
    """

    def __init__(self) -> None:
        self._sorted: list[NDArray[np.uint64]] = []
        self._recent: set[int] = set()

    def add(self, id: str) -> bool:
        """Whether the id was there already; now it is."""
        value = int.from_bytes(
            hashlib.blake2b(id.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big"
        )
        if value in self._recent:
            return True
        for block in self._sorted:
            at = int(np.searchsorted(block, np.uint64(value)))
            if at < len(block) and int(block[at]) == value:
                return True
        self._recent.add(value)
        if len(self._recent) >= 1 << 16:
            self._merge()
        return False

    def _merge(self) -> None:
        """Blocks of doubling sizes: a look-up searches few of them."""
        block = np.fromiter(self._recent, np.uint64, len(self._recent))
        self._recent = set()
        while self._sorted and len(self._sorted[-1]) <= len(block):
            block = np.concatenate([self._sorted.pop(), block])
        block.sort()
        self._sorted.append(block)
