from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from conftest import LETTER
from dafu.cli import main


def run(*arguments: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], input=stdin)


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "a.txt").write_text(LETTER, encoding="utf-8")
    (folder / "b.txt").write_text("您的建议收悉。我局已办结。", encoding="gb18030")
    return folder


def test_tag_writes_a_workbook_and_says_what_it_did(letters: Path, tmp_path: Path) -> None:
    result = run("tag", letters, "-o", tmp_path / "x.xlsx")
    assert result.exit_code == 0, result.output
    assert "2 letters" in result.output
    assert openpyxl.load_workbook(tmp_path / "x.xlsx")["信件"].max_row == 3


def test_exit_code_1_where_something_was_not_read(letters: Path, tmp_path: Path) -> None:
    (letters / "empty.txt").write_bytes(b"")
    result = run("tag", letters, letters / "none.txt", "-o", tmp_path / "x.jsonl")
    assert result.exit_code == 1
    assert len((tmp_path / "x.jsonl").read_text(encoding="utf-8").splitlines()) == 2
    problems = (tmp_path / "x.problems.csv").read_text(encoding="utf-8-sig")
    assert "empty.txt" in problems
    assert "none.txt" in problems


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("tag", "a.txt", "-o", "x.docx"), "不认识的输出格式"),
        (("tag", "a.txt"), "Missing option"),
        (("tag", "a.txt", "-o", "x.csv", "--model", "nowhere"), "no model here"),
        (("show", "a.txt", "--model", "nowhere"), "no model here"),
        (("train", "nowhere.toml", "-o", "m"), "no such settings file"),
        (("evaluate", "nowhere"), "no .jsonl file"),
        (("evaluate", "--split", "best"), "Invalid value"),
    ],
)
def test_exit_code_2_for_wrong_usage(arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2, result.output
    assert message in result.output


def test_standard_input_to_standard_output() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "dafu", "tag", "-", "-o", "-"],
        input=LETTER.encode(),
        capture_output=True,
        check=True,
    )
    row = json.loads(result.stdout)
    assert row["text"] == LETTER
    assert row["meta"]["proposal_number"] == "0057"


def test_levels_of_csv(letters: Path, tmp_path: Path) -> None:
    counts = {}
    for level in ("sentence", "paragraph", "letter"):
        assert run("tag", letters, "-o", tmp_path / "x.csv", "--level", level).exit_code == 0
        counts[level] = (tmp_path / "x.csv").read_text(encoding="utf-8-sig").count("\n")
    assert counts["sentence"] > counts["paragraph"] > counts["letter"] == 3


def test_columns_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("号,答复\n甲1,我局已办结。\n", encoding="utf-8")
    result = run(
        "tag", tmp_path / "t.csv", "-o", tmp_path / "x.jsonl", "--text-column", "答复", "--id-column", "号"
    )
    assert result.exit_code == 0, result.output
    assert json.loads((tmp_path / "x.jsonl").read_bytes())["id"] == "甲1"


def test_columns_of_a_table_say_when_and_by_whom(tmp_path: Path) -> None:
    text = "去年以来，我局完成6.5公里路面修复。\n下一步，我局将于9月底前完成施工图设计。"
    rows = [
        ("0057", "县交通局", "2024年5月16日", "2023", text),
        ("0058", "县交通局", "", "2019", text),
        ("0059", "", "", "", f"{text}\n青沅县教育局\n2021年3月2日"),
        ("0060", "县交通局", "尚未答复", "2019", f"{text}\n青沅县教育局\n2021年3月2日"),
    ]
    with (tmp_path / "t.csv").open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([("案号", "承办单位", "答复日期", "年份", "答复内容"), *rows])
    assert run("tag", tmp_path / "t.csv", "-o", tmp_path / "x.jsonl").exit_code == 0
    found = [json.loads(line) for line in (tmp_path / "x.jsonl").read_bytes().splitlines()]
    assert [
        (x["id"], x["meta"]["proposal_number"], x["meta"]["issuer"], x["meta"]["date"]) for x in found
    ] == [
        ("0057", "0057", "县交通局", "2024-05-16"),
        ("0058", "0058", "县交通局", "2019"),
        ("0059", "0059", "青沅县教育局", "2021-03-02"),
        ("0060", "0060", "青沅县教育局", "2021-03-02"),
    ]
    assert [x["commitments"][0]["deadline_end"] for x in found] == [
        "2024-09-30", "2019-09-30", "2021-09-30", "2021-09-30",
    ]  # fmt: skip
    assert [x["figures"][0]["period_start"] for x in found] == [
        "2023-01-01", "2018-01-01", "2020-01-01", "2020-01-01",
    ]  # fmt: skip

    assert run("tag", tmp_path / "x.jsonl", "-o", tmp_path / "again.jsonl").exit_code == 0
    again = [json.loads(line) for line in (tmp_path / "again.jsonl").read_bytes().splitlines()]
    for row in (*found, *again):
        del row["source"]
    assert again == found

    assert run("tag", tmp_path / "t.csv", "-o", tmp_path / "x.xlsx").exit_code == 0
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    names, *letters = book["信件"].values
    assert [row[names.index("日期")] for row in letters] == ["2024-05-16", "2019", "2021-03-02", "2021-03-02"]
    names, *ledger = book["承诺台账"].values
    days = [row[names.index("答复日期")] for row in ledger]
    # a year is no day: the cell stays empty
    assert [day and day.date().isoformat() for day in days] == [
        "2024-05-16",
        None,
        "2021-03-02",
        "2021-03-02",
    ]
    assert [row[names.index("案号")] for row in ledger] == ["0057", "0058", "0059", "0060"]
    assert run("tag", tmp_path / "t.csv", "-o", tmp_path / "x.html").exit_code == 0
    assert "<span>日期" in (tmp_path / "x.html").read_text(encoding="utf-8")


def test_show_prints_the_letter_with_its_labels(letters: Path) -> None:
    result = run("show", letters / "a.txt", "--evidence")
    assert result.exit_code == 0, result.output
    for line in LETTER.split("\n"):
        assert line[:12] in result.output
    assert "〔已办·量化〕" in result.output
    assert "320万元" in result.output.split("←", 1)[1]


def test_show_of_a_missing_file_is_a_problem() -> None:
    result = run("show", "none.txt")
    assert result.exit_code == 1
    assert "找不到" in result.output


def test_a_run_that_is_interrupted_leaves_no_output(
    letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dafu.batch

    def interrupted(*_: object, **__: object):  # type: ignore[no-untyped-def]
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr(dafu.batch, "run", interrupted)
    result = run("tag", letters, "-o", tmp_path / "x.xlsx")
    assert result.exit_code != 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["letters"]


def test_corpus_add_and_check(tmp_path: Path) -> None:
    draft = tmp_path / "d.txt"
    draft.write_text(
        "=====\nfield: 教育\nlevel: 区县\nissuer: 甲县教育局\nyear: 2020\nkind: letter\n---\n王××代表：\n我局已增设学位300个。{CQ}\n",
        encoding="utf-8",
    )
    assert run("corpus", "add", draft, "-o", tmp_path / "c").exit_code == 0
    assert (tmp_path / "c" / "education.jsonl").exists()
    result = run("corpus", "check", tmp_path / "c")
    assert result.exit_code == 0, result.output
    assert "1 letters, 2 sentences" in result.output
    again = run("corpus", "add", draft, "-o", tmp_path / "c")
    assert again.exit_code == 2
    assert "already in the corpus" in again.output


def test_corpus_check_fails_on_a_wrong_split(tmp_path: Path) -> None:
    row = {
        "id": "a",
        "text": "您的建议收悉。",
        "spans": [],
        "meta": {"issuer": "甲县教育局", "split": "elsewhere"},
    }
    (tmp_path / "x.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    result = run("corpus", "check", tmp_path)
    assert result.exit_code == 1
    assert "split" in result.output


def test_evaluate_reports_errors_and_groups(root: Path, tmp_path: Path) -> None:
    corpus = root / "corpus" / "education.jsonl"
    result = run(
        "evaluate", corpus, "--split", "all", "--by", "section", "--errors", tmp_path / "e.csv",
        "--against", root / "models" / "default", "--plot", tmp_path / "r.png",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "macro-F1" in result.output
    assert "progress" in result.output
    assert "0 sentences gained, 0 lost" in result.output
    assert (tmp_path / "e.csv").read_text(encoding="utf-8-sig").startswith("编号,")
    assert (tmp_path / "r.png").exists()
    as_json = run("evaluate", corpus, "--split", "all", "--json")
    assert 0 < json.loads(as_json.output)["macro_f1"] <= 1


COMMANDS = [
    [],
    ["tag"],
    ["show"],
    ["train"],
    ["evaluate"],
    ["corpus"],
    ["corpus", "check"],
    ["corpus", "add"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: " ".join(c) or "dafu")
def test_help_is_chinese_in_a_chinese_locale(command: list[str]) -> None:
    texts = {}
    for locale in ("zh_CN.UTF-8", "C.UTF-8"):
        done = subprocess.run(
            [sys.executable, "-m", "dafu", *command, "--help"],
            env=os.environ | {"LC_ALL": locale}, capture_output=True, text=True, check=True,
        )  # fmt: skip
        texts[locale] = done.stdout
    assert any("\u4e00" <= c <= "\u9fff" for c in texts["zh_CN.UTF-8"])
    assert not any("\u4e00" <= c <= "\u9fff" for c in texts["C.UTF-8"])


def test_help_imports_nothing_heavy() -> None:
    code = "import sys; from dafu.cli import main; main(['--help'], standalone_mode=False); print(sorted({'numpy','sklearn','spacy','pyarrow'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")


def test_the_ledger_and_the_figures_alone(letters: Path, tmp_path: Path) -> None:
    assert run("commitments", letters, "-o", tmp_path / "c.csv").exit_code == 0
    with (tmp_path / "c.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    done = next(row for row in rows if "施工图设计" in row["承诺事项"])
    assert (done["案号"], done["时限原文"], done["时限"]) == ("0057", "2025年底前", "2025-12-31")
    assert [row["序号"] for row in rows] == [str(i) for i in range(1, len(rows) + 1)]
    assert run("figures", letters, "-o", tmp_path / "f.xlsx").exit_code == 0
    book = openpyxl.load_workbook(tmp_path / "f.xlsx")
    assert book.sheetnames == ["量化表述", "问题"]
    header, *cells = list(book["量化表述"].iter_rows(values_only=True))
    money = next(dict(zip(header, row, strict=True)) for row in cells if row[5] == "320万元")
    assert (money["数值"], money["单位"]) == (3_200_000, "元")
    refused = run("figures", letters, "-o", tmp_path / "f.jsonl")
    assert refused.exit_code == 2


def test_a_folder_of_shards_and_the_log_as_json(letters: Path, tmp_path: Path) -> None:
    (letters / "leer.txt").write_bytes(b"")
    result = run("tag", letters, "-o", tmp_path / "out", "--only", "labels", "--json-log")
    assert result.exit_code == 1
    assert sorted(p.name for p in (tmp_path / "out").iterdir() if not p.name.startswith("_")) == [
        "letters",
        "manifest.json",
        "paragraphs",
        "problems.csv",
        "sentences",
    ]
    events = [json.loads(line) for line in result.stderr.splitlines() if line.startswith("{")]
    assert {"progress", "problem", "summary"} == {event["event"] for event in events}
    assert events[-1]["problems"] == 1
    again = run("tag", letters, "-o", tmp_path / "out", "--only", "labels", "--quiet")
    assert (again.exit_code, again.stderr) == (1, "")


def test_a_changed_run_says_what_changed(
    letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    run("tag", letters, "-o", tmp_path / "out")
    assert "沿用" in run("tag", letters, "-o", tmp_path / "out").stderr
    assert "输出设置" in run("tag", letters, "-o", tmp_path / "out", "--only", "labels").stderr


def test_tagging_does_not_wait_for_scikit_learn(letters: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from dafu.cli import main; "
        f"main(['tag', {str(letters)!r}, '-o', {str(tmp_path / 'x.jsonl')!r}], standalone_mode=False); "
        "sys.exit(any(name in sys.modules for name in ('sklearn', 'spacy', 'pandas', 'distributed', 'trafilatura')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
