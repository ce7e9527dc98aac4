from __future__ import annotations

from pathlib import Path

import docx
import pytest

import dafu.readers.legacy as legacy
from dafu.errors import InputError
from dafu.readers.legacy import find_libreoffice, read_legacy
from hostile import assert_places, mutations, problem, survives

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
RTF = (
    rb"{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0\fnil\fcharset134 SimSun;}}{\info{\title secret}}"
    rb"{\header page head}\pard "
    + b"".join(b"\\'%02x" % b for b in "周敏委员：".encode("gbk"))
    + rb"\par {\listtext \u19968?\u12289?\tab}\u36827?\u23637?\par "
    + rb"\trowd A\cell B\cell\row \pard {\pict 00ff}\u-10179?\u-8704?\par}"
)


def test_rtf_is_read_without_libreoffice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(legacy, "find_libreoffice", lambda: None)
    found = read_legacy(RTF, "file")
    assert_places(found)
    assert found.text.split("\n") == ["周敏委员：", "一、进展", "A\tB", "\U0001f600"]


def test_rtf_with_bare_chinese_is_read() -> None:
    for encoding in ("gbk", "utf-8"):
        data = b"{\\rtf1\\ansicpg936 " + "县财政局已拨付。".encode(encoding) + b"\\par}"
        assert read_legacy(data, "file").text == "县财政局已拨付。"


def test_problems_say_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    problem(read_legacy, b"hello", "不是")
    problem(read_legacy, rb"{\rtf1 }", "没有文字")
    problem(read_legacy, OLE + "EncryptedPackage".encode("utf-16-le"), "密码")
    monkeypatch.setattr(legacy, "find_libreoffice", lambda: None)
    error = problem(read_legacy, OLE + bytes(512), "LibreOffice")
    assert ".docx" in error.remedy
    monkeypatch.setattr(legacy, "MAX_BYTES", 100)
    problem(read_legacy, OLE + bytes(512), "超过")
    monkeypatch.setattr(legacy, "MAX_RTF_BYTES", 10)
    problem(read_legacy, RTF, "超过")


def script(folder: Path, text: str) -> str:
    program = folder / "soffice"
    program.write_text("#!/bin/sh\n" + text, encoding="utf-8")
    program.chmod(0o755)
    return str(program)


def test_a_converter_is_run_apart_and_its_result_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = docx.Document()
    document.add_paragraph("旧文档已读。")
    document.save(str(tmp_path / "made.docx"))
    program = script(
        tmp_path,
        f'for last; do :; done; out=$(dirname "$last")/out; mkdir -p "$out"; cp {tmp_path}/made.docx "$out/letter.docx"\n'
        f'echo "$@" > {tmp_path}/arguments; cp -r "$(dirname "$last")/profile" {tmp_path}/profile\n',
    )
    monkeypatch.setattr(legacy, "find_libreoffice", lambda: program)
    assert read_legacy(OLE + bytes(512), "file").text == "旧文档已读。"
    arguments = (tmp_path / "arguments").read_text(encoding="utf-8")
    assert "--headless" in arguments
    assert "-env:UserInstallation=file://" in arguments
    settings = (tmp_path / "profile" / "user" / "registrymodifications.xcu").read_text(encoding="utf-8")
    assert "DisableMacrosExecution" in settings


def test_a_converter_that_fails_hangs_or_is_missing_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = OLE + bytes(512)
    monkeypatch.setattr(legacy, "_without_network", lambda: ())
    monkeypatch.setattr(legacy, "find_libreoffice", lambda: script(tmp_path, "exit 1\n"))
    problem(read_legacy, data, "无法转换")
    monkeypatch.setattr(legacy, "find_libreoffice", lambda: str(tmp_path / "missing"))
    problem(read_legacy, data, "无法启动")
    monkeypatch.setattr(legacy, "TIMEOUT", 0.2)
    monkeypatch.setattr(legacy, "find_libreoffice", lambda: script(tmp_path, "sleep 30 & sleep 30\n"))
    problem(read_legacy, data, "超过")


@pytest.mark.slow
@pytest.mark.skipif(find_libreoffice() is None, reason="LibreOffice is not installed")
def test_libreoffice_reads_old_documents(tmp_path: Path) -> None:
    import subprocess

    document = docx.Document()
    document.add_paragraph("我局已修复路灯120盏。")
    document.save(str(tmp_path / "letter.docx"))
    program = find_libreoffice()
    assert program is not None
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    subprocess.run(
        [
            program,
            "--headless",
            profile,
            "--convert-to",
            "doc",
            "--outdir",
            str(tmp_path),
            str(tmp_path / "letter.docx"),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    data = (tmp_path / "letter.doc").read_bytes()
    assert read_legacy(data, "file").text == "我局已修复路灯120盏。"
    with pytest.raises(InputError):
        read_legacy(data[:600], "file")


def test_broken_rtf_gives_a_text_or_a_problem() -> None:
    for broken in mutations(RTF * 3, 300):
        if broken.lstrip().startswith(b"{\\rtf"):
            survives(read_legacy, broken)


def test_large_rtf_is_read_in_time() -> None:
    data = b"{\\rtf1 " + b"\\u19968?" * 100_000 + b"}"
    assert len(read_legacy(data, "file").text) == 100_000
