"""Is the cost of a letter linear in its length, whatever it repeats?

usage: python tests/bench/linear.py [--characters 50000]

Each pattern is repeated to one length and to four times that length, on one line and as lines of their own, and tagged.
Linear cost gives a ratio near 4; what is quadratic shows as 16. The worst are printed first.
"""

from __future__ import annotations

import argparse
import time

import dafu
from dafu.tagger import Tagger

PATTERNS = (
    "一", "（一）", "（", "）", "《", "》", "“", "”", "\"", "1", "1.", "2.5亿元", "1：2", "三", "百", "万", "将", "已", "，", "。", "；", "：",
    "、", " ", "\u3000", "会同县财政局", "年", "2024年", "近", "待", "第", "第3位", "一是", "下一步，", "委员：", "关于", "的答复", "A", "http://a.b/c?",
    "&nbsp;", "由市财政局牵头，", "加强", "加强管理、", "我局", "县", "局", "5—8个", "30%至40%", "分别", "比上年", "增长", "同比增长5%，", "12月", "3月5日",
    "待资金到位后", "在路口增设", "对其进行", "把它列入", "计划", "和", "与", "千", "零", "-", "①", "\x00", "𠀀", "〔2024〕", "号", "每亩", "元/亩", "%",
)  # fmt: skip


def seconds(tagger: Tagger, text: str) -> float:
    started = time.process_time()
    tagger(text)
    return time.process_time() - started


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--characters", type=int, default=50_000)
    args = parser.parse_args()
    tagger = dafu.load()
    tagger("我局已办结。")
    rows = []
    for pattern in PATTERNS:
        for joint in ("", "\n"):
            piece = pattern + joint
            short = seconds(tagger, piece * (args.characters // len(piece)))
            long = seconds(tagger, piece * (4 * args.characters // len(piece)))
            rows.append((long / max(short, 0.01), long, repr(piece)))
    rows.sort(reverse=True)
    print("| pattern | ratio | seconds |\n| --- | --- | --- |")
    for ratio, long, name in rows[:20]:
        print(f"| {name} | {ratio:.1f} | {long:.2f} |")
    print(
        f"\n{len(rows)} patterns; the slowest took {max(long for _, long, _ in rows):.2f} s for {4 * args.characters:,} characters"
    )


if __name__ == "__main__":
    main()
