from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from dafu.readers import Item
from dafu.readers.sources import FileItem
from dafu.records import Document, Problem
from dafu.shards import IdSet, Shard, cut


def documents(count: int) -> list[Item]:
    return [Document(str(i), f"第{i}件。" * (i % 7 + 1), "") for i in range(count)]


def keys(shards: list[Shard]) -> list[str]:
    return [shard.key for shard in shards]


def test_shards_hold_every_item_once_in_order() -> None:
    items = documents(500)
    shards = list(cut(items, 2_000))
    assert [item for shard in shards for item in shard.items] == items
    assert [shard.index for shard in shards] == list(range(len(shards)))
    assert len(shards) > 20
    assert keys(list(cut(items, 2_000))) == keys(shards)


def test_a_change_touches_only_the_shards_near_it() -> None:
    items = documents(3_000)
    before = set(keys(list(cut(items, 20_000))))
    changed = [*items[:1500], Document("new", "新的一件。", ""), *items[1501:]]
    longer = [*items[:1500], Document("new", "新的一件。", ""), *items[1500:]]
    assert len(before) > 40
    for other in (changed, longer):
        assert len(before - set(keys(list(cut(other, 20_000))))) <= 4


def test_the_key_tells_contents_names_and_times() -> None:
    def key(item: Item) -> str:
        (shard,) = cut([item], 1_000)
        return shard.key

    items: list[Item] = [
        Document("a", "文。", "s"),
        Document("a", "文！", "s"),
        Document("b", "文。", "s"),
        Document("a", "文。", "s", meta={"date": "2019"}),
        Document("a", "文。", "s", meta={"date": "2018"}),
        Document("a", "文。", "s", meta={"title": "2019"}),
        FileItem("a.txt", "a", 3, "1"),
        FileItem("a.txt", "a", 3, "2"),
        FileItem("a.txt", "a", 4, "1"),
        Problem("a", None, "坏。", "修。"),
        Problem("a", 3, "坏。", "修。"),
    ]
    assert len({key(item) for item in items}) == len(items)


def test_a_second_item_of_an_id_becomes_a_problem() -> None:
    (shard,) = cut([Document("a", "一。", "x"), Document("a", "二。", "y")], 10_000)
    first, second = shard.items
    assert isinstance(first, Document)
    assert isinstance(second, Problem)
    assert "重复" in second.reason
    assert second.source == "y"


@given(st.lists(st.text(max_size=4)))
def test_the_id_set_is_a_set(ids: list[str]) -> None:
    mine, seen = IdSet(), set()
    for id in ids:
        assert mine.add(id) == (id in seen)
        seen.add(id)


def test_the_id_set_keeps_what_it_merged() -> None:
    ids = IdSet()
    names = [f"信件-{i}" for i in range(150_000)]
    random.Random(1).shuffle(names)
    assert not any(ids.add(name) for name in names)
    assert all(ids.add(name) for name in names[::97])
    assert not ids.add("别的")
