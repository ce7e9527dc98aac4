"""Inputs beyond plain files: compressed tables, archives, addresses."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from dafu.readers import list_items, read_documents
from dafu.readers.sources import FileItem, input_size
from dafu.records import Document, Problem

ROWS = "".join(
    json.dumps({"id": i, "text": f"第{i}件已办结。"}, ensure_ascii=False) + "\n" for i in range(50)
)


def ids(*inputs: object) -> list[str]:
    found = []
    for document in read_documents([str(x) for x in inputs]):
        assert isinstance(document, Document), document
        found.append(document.id)
    return found


def problems(*inputs: object) -> list[Problem]:
    return [x for x in read_documents([str(x) for x in inputs]) if isinstance(x, Problem)]


def packed(data: bytes, kind: str) -> bytes:
    if kind == "gz":
        return gzip.compress(data)
    out = pa.BufferOutputStream()
    with pa.CompressedOutputStream(out, "zstd") as stream:
        stream.write(data)
    return bytes(out.getvalue())


@pytest.mark.parametrize("kind", ["gz", "zst"])
def test_compressed_tables_are_read(tmp_path: Path, kind: str) -> None:
    (tmp_path / f"x.jsonl.{kind}").write_bytes(packed(ROWS.encode(), kind))
    assert ids(tmp_path / f"x.jsonl.{kind}") == [str(i) for i in range(50)]
    (tmp_path / f"y.csv.{kind}").write_bytes(packed("编号,正文\n甲,已办结。\n".encode("gb18030"), kind))
    assert ids(tmp_path / f"y.csv.{kind}") == ["甲"]


def test_a_truncated_compressed_table_keeps_what_was_read(tmp_path: Path) -> None:
    rows = "".join(json.dumps({"id": i, "text": f"{i * 7919 % 1000}" * 50}) + "\n" for i in range(20_000))
    data = gzip.compress(rows.encode())
    (tmp_path / "x.jsonl.gz").write_bytes(data[: len(data) * 3 // 4])
    found = list(read_documents([str(tmp_path / "x.jsonl.gz")]))
    assert sum(isinstance(x, Document) for x in found) > 5_000
    assert "完整" in next(x for x in found if isinstance(x, Problem)).remedy


def test_an_array_of_json_objects_is_a_table(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('[{"id": "a", "text": "甲。"},\n {"id": "b"}]', encoding="utf-8")
    document, problem = read_documents([str(tmp_path / "x.json")])
    assert isinstance(document, Document)
    assert isinstance(problem, Problem)
    (tmp_path / "y.json").write_text('[{"id": "a", "text":', encoding="utf-8")
    assert "JSON" in problems(tmp_path / "y.json")[0].reason


@pytest.mark.parametrize("count", [50, 60_000], ids=["in what tells the encoding", "behind it"])
def test_a_line_in_a_wrong_encoding_is_told_and_costs_no_other(tmp_path: Path, count: int) -> None:
    lines = [
        json.dumps({"id": i, "text": f"第{i}件已办结。"}, ensure_ascii=False).encode() for i in range(count)
    ]
    lines[count - 7] = '{"id": "坏", "text": "乙。"}'.encode("gb18030")
    (tmp_path / "x.jsonl").write_bytes(b"\n".join(lines))
    found = list(read_documents([str(tmp_path / "x.jsonl")]))
    (told,) = [x for x in found if isinstance(x, Problem)]
    assert (told.line, "编码" in told.reason) == (count - 6, True)
    assert sum(isinstance(x, Document) and x.text.endswith("已办结。") for x in found) == count - 1


@pytest.fixture
def members() -> dict[str, bytes]:
    return {
        "甲县/1.txt": "一。".encode("gb18030"),
        "甲县/2.txt": "二。".encode(),
        "rows.jsonl": ROWS.encode(),
        "__MACOSX/._1.txt": b"x",
        ".hidden.txt": b"x",
    }


def test_archives_are_read_without_unpacking(tmp_path: Path, members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    with tarfile.open(tmp_path / "x.tar.gz", "w:gz") as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        link = tarfile.TarInfo("evil.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    expected = ["甲县/1", "甲县/2", *map(str, range(50))]
    assert ids(tmp_path / "x.zip") == expected
    assert ids(tmp_path / "x.tar.gz") == expected
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x.tar.gz", "x.zip"]


def test_names_in_zip_files_of_chinese_windows_are_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("AAAA.txt", "一。")
    data = (tmp_path / "x.zip").read_bytes()
    (tmp_path / "x.zip").write_bytes(data.replace(b"AAAA.txt", "答复.txt".encode("gb18030")))
    assert ids(tmp_path / "x.zip") == ["答复"]


@pytest.mark.parametrize("name", ["x.zip", "x.tar.gz"])
def test_broken_and_locked_archives_are_told(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"PK\x03\x04 broken" if name == "x.zip" else b"\x1f\x8b broken")
    (problem,) = problems(tmp_path / name)
    assert "损坏" in problem.reason


def test_a_zip_bomb_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dafu.readers.sources.MAX_FILE", 1_000_000)
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for i in range(8):
            archive.writestr(f"{i}.txt", b"\0" * 900_000)
    told = problems(tmp_path / "x.zip")
    assert any("不合常理" in p.reason for p in told)


def test_folders_pass_over_what_belongs_to_saved_pages(tmp_path: Path) -> None:
    (tmp_path / "1.txt").write_text("一。", encoding="utf-8")
    (tmp_path / "1_files").mkdir()
    (tmp_path / "1_files" / "a.txt").write_text("x", encoding="utf-8")
    (tmp_path / "style.css").write_text("x", encoding="utf-8")
    (tmp_path / ".hidden.txt").write_text("x", encoding="utf-8")
    (tmp_path / "~$1.txt").write_text("x", encoding="utf-8")
    assert ids(tmp_path) == ["1"]


def test_files_are_listed_without_being_read(tmp_path: Path) -> None:
    for i in range(3):
        (tmp_path / f"{i}.txt").write_text("文。", encoding="utf-8")
    items = list(list_items([str(tmp_path)]))
    assert all(isinstance(item, FileItem) for item in items)
    assert input_size([str(tmp_path)]) == 3 * len("文。".encode())
    assert input_size(["-"]) is None


def test_addresses_are_opened_by_fsspec() -> None:
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    memory.pipe({"/box/b/2.txt": "二。".encode(), "/box/a.jsonl": ROWS.encode(), "/box/b/.x.txt": b"x"})
    try:
        assert ids("memory://box") == [*map(str, range(50)), "b/2"]
        assert ids("memory://box/b/*.txt") == ["2"]
        assert "找不到" in problems("memory://box/none.txt")[0].reason
    finally:
        memory.rm("/box", recursive=True)
    assert "无法访问" in problems("nosuch://x")[0].reason


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server = pytest.importorskip("moto.server")
    pytest.importorskip("s3fs")
    import fsspec

    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    threaded = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    threaded.start()
    host, port = threaded.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setattr(fsspec.config, "conf", {"s3": {"client_kwargs": {"endpoint_url": endpoint}}})
    filesystem = fsspec.filesystem("s3", skip_instance_cache=True)
    filesystem.mkdir("letters")
    filesystem.pipe("letters/甲/1.txt", "一。".encode())
    filesystem.pipe("letters/rows.jsonl.gz", gzip.compress(ROWS.encode()))
    yield "s3://letters"
    threaded.stop()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # the server's and the client's own deprecations
def test_s3_is_read(bucket: str) -> None:
    assert ids(bucket) == [*map(str, range(50)), "甲/1"]
    assert ids(f"{bucket}/rows.jsonl.gz") == [str(i) for i in range(50)]
