"""The verbs, adverbs and bodies of officialese: what the tables cut clauses by."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

#: Verbs that name an act. Compounds stand beside their parts: the longest match wins.
_ACTS = """
研究制定 研究出台 研究建立 研究完善 研究推进 研究解决 研究起草 制定出台 制定印发 制定实施 制定完善 修订完善 修订印发 印发实施 组织开展 组织实施
组织召开 组织编制 组织力量 协调推进 协调解决 督促指导 指导督促 指导推动 建立健全 建立完善 健全完善 完善落实 改造提升 规划建设 规划布局 启动实施
探索建立 探索开展 探索推行 探索推进 推广应用 贯彻落实 宣传推广 排查整治 整治提升 建设完善 建成投用 建成投入 统筹推进 统筹安排 跟踪督办 跟踪落实
研究 制定 制订 出台 印发 下发 发布 公布 公示 公开 起草 草拟 编制 编印 编写 修订 修改 修编 完善 健全 建立 建设 建成 建好 新建 改建 扩建 改扩建 续建 重建
修建 建造 兴建 筹建 共建 援建 改造 改善 改装 改为 改成 改由 维修 修复 修缮 整修 翻修 整治 整改 整顿 治理 清理 清淤 清运 疏浚 疏通 拆除 拆迁 更换 更新
更改 安装 加装 增设 增加 增添 增派 增补 增开 增配 新增 净增 设置 设立 开设 开办 开通 开行 开工 开展 开放 开发 开挖 开辟 开办 举办 举行 召开 承办 主办
组织 组建 成立 筹备 启动 启用 实施 实行 施行 施工 动工 推行 推广 推出 推进 推动 推介 试行 试点 执行 落实 贯彻 安排 部署 布置 布设 布局 投入 投放 投资 投用
拨付 下达 下拨 发放 兑现 支付 补助 补贴 补发 奖励 资助 减免 免收 免除 退还 退回 返还 追缴 追回 收缴 没收 处罚 罚款 查处 查封 立案 移送 责令 责成 督促 督办 督导
督查 检查 抽查 巡查 排查 核查 核实 核对 复查 复核 审查 审核 审批 审定 审计 检测 监测 监督 监管 评估 评审 评选 评定 认定 鉴定 验收 测绘 勘察 勘测 踏勘 调查 调研
走访 约谈 约见 座谈 会商 商定 协商 协调 对接 衔接 联系 联合 会同 配合 协助 协同 牵头 负责 指导 引导 鼓励 支持 扶持 帮助 帮扶 服务 保障 保护 保留 维护 维持 养护 管护
管理 规范 严格 严禁 严查 禁止 限制 控制 打击 取缔 关停 关闭 淘汰 清退 暂停 取消 废止 撤销 撤并 合并 整合 统筹 统一 集中 调整 调配 调度 调剂 调解 化解 解决 处理 处置
办理 办结 办好 受理 答复 反馈 通报 通知 告知 宣传 宣讲 培训 培育 培养 培植 引进 引入 招聘 招募 招录 招引 聘请 聘用 选派 选聘 选拔 派驻 派出 派员 抽调 配备 配齐 配置 配套
购置 购买 采购 采用 采取 采集 征集 征收 征求 收集 收回 收购 回收 租用 借用 划定 划拨 划分 划入 确定 明确 规定 提出 提请 提交 提供 提高 提升 提前 申报 申请 上报 报送 报请
报批 争取 筹集 筹措 落户 签订 签署 授予 颁发 命名 挂牌 揭牌 创建 打造 构建 搭建 形成 打通 贯通 畅通 拓宽 拓展 拓建 延伸 延长 扩大 扩容 扩面 优化 简化 精简 压减 压缩
压降 缩短 缩减 减少 减轻 降低 下调 上调 提标 加快 加大 加强 加密 加固 加派 加挂 强化 深化 深入 细化 量化 固化 美化 绿化 亮化 硬化 净化 活化 盘活 激活 激发 挖掘 利用 用好
用活 运用 应用 依托 发挥 发展 促进 带动 拉动 吸引 吸纳 采纳 借鉴 参考 听取 接受 关注 跟踪 跟进 总结 提炼 复制 巩固 保持 坚持 坚决 守住 守好 筑牢 夯实 压实 抓好 抓实 抓紧
做好 做大 做强 做实 做优 搞好 管好 用足 把好 严把 打好 打赢 落细 补齐 补足 补充 补栽 补种 补办 种植 栽植 栽种 植树 播种 铺设 铺装 敷设 架设 埋设 迁移 迁建 搬迁 搬离
撤出 转移 转为 转入 转交 转办 移交 交付 交由 纳入 列入 列为 列支 并入 接入 接管 接通 联通 连通 互通 共享 上线 上墙 下沉 下放 赋予 授权 委托 承担 承接 参与 参加 加入
实现 完成 达到 达成 确保 保证 保障 防止 防范 避免 杜绝 遏制 消除 缓解 满足 惠及 覆盖 普及 倡导 提倡 开设 编排 演出 展出 巡演 放映 普查 登记 建档 归集 汇总 统计 录入
分类 分批 分期 分步 划线 施划 悬挂 张贴 粘贴 摆放 喷涂 粉刷 清洗 清扫 保洁 消毒 消杀 值守 值班 巡逻 执勤 驻守 演练 救助 救治 慰问 护理 照护 体检 筛查 诊疗 义诊 接种
订立 订购 定制 定期 对标 攻坚 破解 破除 攻克 突破 论证 设计 测算 核算 核定 核减 核发 核销 预留 预拨 预付 垫付 结清 清偿 清欠 清缴 清查 清点 追究 问责 惩处 曝光 公证 仲裁
选址 征地 供地 出让 收储 腾退 安置 回迁 入住 入驻 孵化 转化 转型 升级 迭代 重建 重组 改革 改制 创新 探索 试验 示范 推荐 引荐 遴选 评比 表彰 通车 通水 通电 通气 供水 供电
供热 供气 放宽 放开 取得 获得 荣获 争创 申创 申遗 编入 写入 融入 嵌入 植入 注入 导入 输入 输出 出口 进口 销售 展销 营造 丰富 充实 增强 壮大 振兴 繁荣 传承 弘扬 践行 统战 团结
吸收 突出 使用 参训 轮训 倒逼 严防 开好 选优 配强 集中 搭载 叠加 迁入 迁出 挂网 开标 完稿 公开 封顶 接诊 坐诊 出诊 巡诊 巡护 轮流 复垦 补种 做到 办成 备案 登台 建强 靠前 交易 打包 拔除 捐赠 认领 领养 认养 回填 开挖 放水 调水 引水 蓄水 灌溉 播种 收割 收储 起草 拿出 腾出 挤出 划出 抽出 派人 派车 叫停 补上 修好 修通 建起 装上 换上 换成 改掉 铺上 接上 挂上 用上 查清 摸清 理清 算清 讲清 说明 解释 回复 回应 回访 报告 汇报 上门 送教 送医 送戏
"""
#: Verbs that bind nobody to a checkable act unless a date or figure stands with them.
_VAGUE = """
研究 探索 争取 考虑 关注 跟踪 努力 加强 强化 加大 深化 深入 提升 增强 坚持 坚决 改进 吸纳 采纳 借鉴 参考 听取 接受 促进 发挥 重视 协助 服务 积极 保持 弘扬
倡导 提倡 呼吁 建议 反映 力争 继续 持续 发展
"""
#: Verbs that mostly say what the measure before is to bring, or how far it goes, when they stand after one.
_ENDS = """
提升 提高 增强 形成 确保 保证 实现 促进 满足 缓解 避免 防止 防范 杜绝 减少 降低 减轻 消除 带动 助力 达到 营造 做到 方便 保障 激发 维护 巩固 壮大 解决 破解 打通 惠及 覆盖 列入 受益 提供
补齐 补足 延伸 突破 拉动 调动 释放 留住 节约 缩短 遏制 畅通 拓宽
"""
#: Verbs of administration: after a measure they mostly open another.
_OPENS = """
完善 健全 建立 建设 培育 落实 推广 推行 推进 推动 开展 支持 鼓励 引导 督促 指导 加强 加大 加快 强化 深化 制定 制订 出台 修订 编制 组建 组织 培训 实施 启动 改造 新建 增设 严格 打击 查处
发展 优化 规范 整治 清理 排查 统筹 探索 研究 协调 申请 引进 举办 压实 淘汰 拓展 创建 打造 搭建 安装 更换 发放 采取 适时 继续 进一步 整合 盘活
"""


def alternation(words: str | Iterable[str]) -> str:
    """A pattern for any of the words, the longest that fits first.

    Words that begin alike share their beginning, and a set of first characters stands in front: Python tries the
    branches of an alternation one by one, which made a list of 1,500 verbs cost five microseconds at every place.
    Where many characters can be the first, ranges of them stand before their branches for the same reason.

    >>> alternation("研究 研究制定 印发")
    '(?=[印研])(?:印发|研究(?:制定)?)'
    """
    root: dict[str, Any] = {}
    for word in words.split() if isinstance(words, str) else words:
        node = root
        for character in word:
            node = node.setdefault(character, {})
        node[""] = {}
    first = sorted(root)
    sets = [first[i : i + _BRANCHES] for i in range(0, len(first), _BRANCHES)]
    found = [_branches({c: root[c] for c in own}) for own in sets]
    if len(sets) > 1:
        ranges = [f"(?=[{re.escape(own[0])}-{re.escape(own[-1])}])" for own in sets]
        found = [f"(?:{'|'.join(map(''.join, zip(ranges, found, strict=True)))})"]
    return f"(?=[{re.escape(''.join(first))}]){found[0]}"


#: Branches that are tried one by one: of 332 first characters of verbs, 32 at a time halve the time of a match.
_BRANCHES: Final = 32


def _branches(node: dict[str, Any]) -> str:
    found = [re.escape(c) + _branches(child) for c, child in sorted(node.items()) if c]
    if not found:
        return ""
    if "" in node:
        return f"(?:{'|'.join(found)})?"
    return found[0] if len(found) == 1 else f"(?:{'|'.join(found)})"


ACTS: Final = tuple(_ACTS.split())
ENDS: Final = tuple(_ENDS.split())
VAGUE: Final = tuple(_VAGUE.split())
ACT: Final = alternation(ACTS)
#: Words that make another word of what looks like a verb (组织部, 管理局, 服务业).
_NOT_ACT: Final = (
    r"(?!值|人(?!民|才|口|大|次|数|流|居|行|防|均|社|文|工|员|力|身|事|体|类|群|家|为|机)|方(?!案|便|式|法|面|向)|时(?!间)|部(?!分|门|署)|厅|局(?!部)|处(?!置|理|罚)|站(?!点)|所(?!有|需|属|在)|员(?!工)|者|家(?!庭|长|政|居|园|电|校)|业(?!务|主|态|户)|区(?!域|县|级|位|内)|率|费(?!用)|金(?!融|属)"
    r"|额(?!度)|师(?!生|资|德)|法(?!律|治|规|制|院)|权(?!益|限|力|责)|线(?!上|下|路|索)|证(?!照|券|件|明)|图(?!书)|款(?!项)|量(?!化|子)|牌|栏|园(?!区|林)|库(?!区|房|存)|结果|期间|过程|力度|总院|总站"
    r"|中心|机构|单位|人员(?!培)|队伍|机制|体系|方案|情况|中(?=的|，|$)|后[，的]|的)"
)
ACT_START: Final = re.compile(rf"(?:{ACT}){_NOT_ACT}")
VAGUE_START: Final = re.compile(rf"(?:{alternation(VAGUE)})")
END_START: Final = re.compile(alternation(ENDS))
OPEN_START: Final = re.compile(alternation(_OPENS))

#: Words before a verb that say how or when, and bind nothing.
ADVERBS: Final = tuple(
    """
进一步 继续 持续 不断 积极 主动 认真 切实 全面 全力 大力 着力 努力 尽快 尽早 及早 抓紧 加紧 加快 稳步 有序 稳妥 扎实 深入 严格 依法 依规 逐步 适时 及时 定期 不定期 坚决 坚持 统一 统筹 科学 合理
重点 优先 主要 先后 陆续 多次 已经 已 现已 均已 均 都 也 还 再 又 就 便 则 并 且 同时 另外 此外 其中 一并 一律 全部 分别 共同 联合 共 累计 共计 合计 总计 年均 平均 立即 立刻 迅速 当场 当天 随即 现 正在 正 目前 现阶段
今后 下一步 下步 下一阶段 接下来 后续 届时 到时 将会 拟 拟于 计划 打算 准备 预计 力争 争取 务必 必须 需要 必须 须 应当 能够 可 可以 愿意 愿 充分 有效 精准 广泛 常态化 动态 分类 分批 分期 分步
逐一 逐项 逐户 逐步 每年 每月 每季度 每周 每天 首先 其次 再次 最后 然后 随后 为此 对此 因此 从而 着重 突出 更加 更好地 更好 高质量 高标准 高水平 多渠道 多措并举 因地制宜 从严 从速 从快
确保 只 仅 仍 仍将 一直 始终 长期 尽量 尽可能 想方设法 千方百计 重新 再次 反复 专门 专程 特别 尤其 统一 集中 自觉 自行 免费 无偿
""".split()
)
#: Words that begin like an adverb and are none.
_NOT_ADVERB: Final = r"(?!可持续|可靠|可行|正常|正式|正规|现场|现有|现行|共享|共建|共同体|再生|就业|就医|就近|拟定|又是|还款|还清|计划生育|计划免疫|均衡|主要负责|平均|便民|便利|且|并轨|并网|立法|已婚)"
#: Where an adverb can begin: few places can, and the list of what is none is looked at only there.
ADVERB_START: Final = re.compile(
    rf"(?=[{''.join(sorted({word[0] for word in ADVERBS}))}]){_NOT_ADVERB}(?:(?:{alternation(ADVERBS)})地?)"
)
#: The same without 将/拟/要: what the modal words of a plan are.
MODAL: Final = re.compile(
    r"将会?(?!军|领|士|近|来)|拟(?!定|订|人)|计划(?=[\u4e00-\u9fff])|打算|准备(?!金|工作)|预计|力争|争取|要(?!求|素|点|道|件|闻)|会(?!议|同|商|员|计|展|上|办)|务必|下一?步|今后|接下来|届时|明年|后续"
)

_SUFFIX = (
    "街道办事处|居民委员会|村民委员会|管理委员会|人民政府|人民法院|人民检察院|办公室|委员会|管委会|联合会|居委会|村委会|业委会|指挥部|工作组|工作专班|专班|服务中心|管理处|管理站|管理所|派出所|"
    "政府|党委|党组|部门|单位|中心|公司|集团|医院|学校|大队|支队|总队|中队|分局|街道|社区|乡镇|协会|银行|联社|法院|检察院|工会|团委|妇联|残联|文联|科协|工商联|供销社|卫生院|敬老院|图书馆|博物馆|文化馆|高校|院校|企业|"
    "局|厅|委|办|部|院|处|所|站|校|馆|镇|乡|司|会|省里|市里|县里|区里|镇里|乡里|村里|局里|院里|厂里|两办|省|市|县|区|州"
)
#: A public body, or one that acts for it, as a clause begins with it.
OWN_BODY: Final = re.compile(
    r"(?:我们|(?:我|本)(?:局|市|县|区|委|办|厅|部|院|校|镇|乡|街道|中心|大队|支队|总队|公司|会|所|站|省|州|旗|处|馆|司|行|社区|村|分局|联社|社|园))(?![\u4e00-\u9fff]{0,3}(?:局|委|厅|政府|办)(?:将|会|牵))"
)
BODY: Final = re.compile(rf"[\u4e00-\u9fff、（）]{{0,16}}?(?:{_SUFFIX})")
