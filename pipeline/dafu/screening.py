"""Which numbers with a unit are checkable quantities: the annotation guide's no list, as rules.

The rules see the number, its unit and the text just around; they are asked once a number, so their cost
is of no weight. Each table says what it keeps out.
"""

from __future__ import annotations

import re
from typing import Final

from dafu.numerals import parse_number

_ONES = "一二两三四五六七八九"

#: What, after a unit, makes another word of it: 3处理 (a date that lost its 日), 三面积, 5分钟.
_CONTINUED: Final = {
    unit: re.compile(words)
    for unit, words in {
        "个": r"多?半?多?(?:月|小时|工作日|自然日|星期|季度|学期|学年|年头|年度|交易日|昼夜|周|世纪|钟头|钟|晚上|夜晚|白天|日夜)|大类|方面|性",
        "次": r"[日年要生序]|供水",
        "元": r"[旦宵月素首]|器件",
        "米": r"[粉饭面线]",
        "克": r"[服隆制]",
        "升": r"[级学至为到温高降旗格值]",
        "瓦": r"[房斯]",
        "伏": r"[天季期贴]",
        "岁": r"[末月]",
        "座": r"[谈右]",
        "所": r"[有属在以需提述长得谓列含指]",
        "批": r"[复准示发评量办建阅]",
        "份": r"[额子]",
        "幅": r"[度员]",
        "例": r"[如会行外]",
        "宗": r"[旨教]",
        "套": r"[餐路种用取内现型]",
        "架": r"[构设空]",
        "根": r"[据本治]",
        "针": r"[对灸织]",
        "剂": r"[量型]",
        "票": r"[据价房]",
        "席": r"[位卷]",
        "卷": r"[烟入宗]",
        "首": r"[批先次个家创届付都席府]",
        "档": r"[案次]",
        "处": r"[理置于罚室级长方境]|在(?!建)|分(?!布)",
        "门": r"[诊店面口禁户类槛楼卫牌]",
        "口": r"[岸径腔感味罩述]|子|之家",
        "面": r"[积对向临试上貌广额值料粉条]",
        "条": r"[例件款文约令块]|规定",
        "期": r"[间限望待末货满刊盼许]",
        "类": r"[似别型推]",
        "件": r"[均]",
        "层": r"[级面次层出]",
        "站": r"[点位台长]",
        "节": r"[能水约点日省目假气庆俭流制]",
        "班": r"[子级组长车主]",
        "组": r"[织建成长团合员装]",
        "段": r"[落时路]",
        "部": r"[门分署队委长属级件位颁省里]",
        "本": r"[级市县地届部人科年次身着土区省镇乡村院报辖季轮月周期单质应来文]",
        "片": r"[长面]",
        "支": r"队(?!伍)|[持付撑出援部教农行线架局流配招]",
        "台": r"[阶风账湾商胞资州北币式]",
        "张": r"[贴家某]",
        "家": r"[长属居电禽具园乡门里访境底教校]",
        "人": r"[民大均社事居防文员工武]|才(?!\d)|力(?!\d)|行道|机",
        "户": r"[口型均改外内]",
        "间": r"[隔距接断歇作]",
        "眼": r"[下前睛镜科界]",
        "头": r"[部绪痛等条脑疼上目]",
        "只": r"[有能要是需为限收会]",
        "列": r"[入为支出举席]",
        "把": r"[握手关控脉]",
        "块": r"[状]",
        "笔": r"[者试记]",
        "单": r"[元位独价一边个品项车日纯]",
        "则": r"[须应由]",
        "分": r"[别钟局公为之管析类期院区配布散清子支段级批工步歧流校场馆中成红解担离红]|\d|批",
        "方": r"[案面式便法向可针言位能]",
        "度": r"[过假夏汛]",
        "里": r"[的面程屯铺河桥坡山湾村店井庄岔沟路镇乡街]",
        "双": r"[倍向重边拥语休创减随]",
        "对": r"(?![新夫双母父子恩红鞋手飞主师帮结青伴侣佳，。；、）的\n ]|$)",
        "道": r"[路口理德歉]",
        "回": r"[复应访收归落升头迁]",
        "行": r"[政业为动程使驶人走]",
        "车": r"[辆间道站位库牌主险型]",
        "轮": r"[候换岗训]",
        "包": r"[括含保联干村抓装容]",
        "页": r"[面岩]",
        "盘": r"[活点查]",
        "国": r"集团|[家道务债有企土际税资庆标级内]",
        "市": r"[场政民区委直级价长容值辖域面内监属]",
        "县": r"[城级委乡域直道内长政区局]",
        "省": r"[级委道直内会去属政长厅]",
        "村": r"[民委庄级镇道内干支居集社村组两里党民]",
        "平": r"[均台方安等时稳衡整]",
        "顿": r"[时]",
        "回合": r"$",
        "遍": r"[布及地]",
        "学校": r"$",
        "名": r"[称义录牌优特城单校医师片次]",
        "位": r"[于置列居]",
        "起": r"[来草诉步点到降]",
        "项": r"$",
        "平方": r"$",
        "战": r"[略]",
        "挂": r"[牌钩号网图]",
        "T": r"[\w]",
        "G": r"[\w]",
        "P": r"[\w]",
    }.items()
}

#: What, before a number, makes a place of it: 锦程花园5栋, 白果村3组, 人民路二期. A number so marked is a name.
_PLACE: Final = {
    unit: re.compile(words)
    for unit, words in {
        "栋": r"(?:园|苑|里|城|庭|府|湾|公寓|都|郡|墅|新村|广场|大厦|院|号|庄|居)$",
        "幢": r"(?:园|苑|里|城|庭|府|湾|公寓|都|郡|墅|新村|广场|大厦|院|号|庄|居)$",
        "层": r"(?:楼|大厦|商场|广场|地下|地上|车库)$",
        "组": r"(?:村|社区|屯|庄|寨|坪|湾|队|冲|沟|坝|\d[、，至到])$",
        "期": r"(?:项目|小区|园|苑|城|工程|规划|建设|路|公园|厂|管|化|地块|住户|府|都|庭|期|湾|场|司|第)$",
        "户": r"(?:单元|栋|幢|层)$",
        "间": r"(?:\d日|月|号)$",
        "段": r"(?:标|第|K\d+)$",
        "班": r"(?:年级|[初高][一二三]|第)$",
        "车": r"(?:第|[A-Z])$",
        "村": r"(?:镇|乡|第|街道|县|区)$",
        "市": r"[A-Z]$",
        "县": r"[A-Z]$",
        "度": r"年$",
        "分": r"(?:\d|[时点：])$",
        "角": r"[长珠金铁西东死直墙三]$",
        "条": r"[》法例定第同]$",
    }.items()
}
_BUILDING_AFTER = re.compile(r" ?(?:\d|[一二三四五六]?单元|楼|顶|室|[东南西北]侧|-|、?\d+[栋幢])")
_YEAR = re.compile(r"(?:19[5-9]|20[0-4])\d$")
#: What stands before a number of batches or seats that looks like a year (不少于2000批).
_AMOUNT = re.compile(r"(?:不少于|不低于|不超过|超过?|达到?|近|约|至少|最多|累计|共计?|合计|多达|突破|逾|满)$")
_LOST_DAY = re.compile(r"(?:\d|[一二三四五六七八九十])月 ?$")
_MASK = re.compile(r"[*×]+ ?(?:万|亿)?$")
_FURNITURE = re.compile(
    r"(?:(?:浏览|阅读|点击|访问|下载|查看|浏览次)(?:次数|量|数|人数)?[：: 〔〕]*|共?印(?:发)?|页 ?数[：: ]*)$"
)
_MEETING = re.compile(r"(?:会议|全会|全体|常务|党代会|人代会|代表大会|常委会|大会)")
_SEATED = re.compile(r"(?:届|人大|政协|大会|常委会|党代会|委员会|第)$")
_ADDRESSEE = re.compile(r"(?:的|省|市|县|区|全国|政协|人大)*(?:代表|委员)(?!单位|会)")
_POINTS = re.compile(
    r"大?个?方面|大?点(?:意见|建议|要求|说明|原因|理由|[，：。；]|$)|条意见|个问题|个?层次|件实?事(?!业)|项原则|种情[形况]|类情[形况]|大类?问题"
    r"|大原则|个原则|个要点|个阶段|大?部分|大板块"
)
#: 以上三类 points back; 3公里以上的1953人 does not.
_POINTING = re.compile(
    r"(?:如下|下列|上述|前述|哪|此|上面|下面|(?<![年月天日米里亩元%人岁名户层楼级吨斤倍\d])以[上下]|第|每隔)的?$"
)
_POINTING_SMALL = re.compile(
    r"(?:这|该|那|(?<!先)后|(?<![以之])前|其余|其他|其它|剩余的?|另外|反映的?|提出的?|提到的?|所[提列述说]的?|询问的?|提案的?|您[说问]的?|分|同|进|统|唯|专|不|星期|周"
    r"|农历|“|‘|《|逢|约法|[东西南北红]|[一两三四五六七八九]届|你们|请)$"
)
#: 三项制度, 两条理由, 四件事: counts of points, not of things (Chinese digits only).
_ABSTRACT = re.compile(
    r"(?:[条件项种个类处点张篇道][^，。；：]{0,5}?(?:建议|意见|理由|原因|问题|方面|办法|措施|举措|规则|主线|实事|工作(?!人|站|室)|情形|情况|做法|方式"
    r"|制度|指标|要求|关键|关口|字(?!节)|缘故|前提|补贴|任务|改革|闸门|行业|允许|确保|不|文章|方向|特点|优势|阶段|步骤|途径|渠道|角度|维度|因素"
    r"|原则|对策|规定|诉求|矛盾|目标|短板|环节|领域|路径|关系|难题|主张)|条路(?=[，。：]|$)|件事(?!故|业)|个一|[条件项种点](?=[，。：；、]|$))"
)
_TOGETHER = re.compile(r"[^，。；]{0,3}(?:[都均皆]|各自|并无|之间|尚未|合一|联席)")
_ADMIN = frozenset({"市", "县", "省", "村", "国", "县市", "县区", "国家", "部", "部门", "家人", "户家庭"})
#: Units that with a Chinese digit are grades, phases, shifts, names: 三类, 二期, 三轮车, 八字方针.
_NAMES = frozenset(
    {
        "期",
        "类",
        "轮",
        "组",
        "班",
        "站",
        "部",
        "本",
        "节",
        "行",
        "回合",
        "层",
        "包",
        "国",
        "战",
        "字",
        "面",
        "平",
        "度",
        "方",
        "车",
        "门",
        "头",
        "口",
        "餐",
        "席",
        "企业",
        "道",
        "段",
        "对",
        "双",
        "单",
        "列",
        "档",
        "里",
        "尺",
        "丈",
        "寸",
        "角",
        "升",
        "位",
        "G",
        "T",
        "P",
    }
)
_COUNTED_NAMES: Final = {
    "类": re.compile(r"(?:病人|突出|产品|药品|人群|人员|对象|企业|岗位|设备|物资|商品)"),
    "层": re.compile(r"(?:楼|，|以[上下])"),
    "里": re.compile(r"(?:多|余|外|路|地|远|长|山路|左右|的?路|[，。；]|$)"),
    "角": re.compile(r"(?:[，。；/钱]|$)"),
    "头": re.compile(r"(?:牛|猪|羊|驴|奶|耕|种|肥|生|母)"),
    "节": re.compile(r"(?:课|[，。；]|$|车厢)"),
    "列": re.compile(r"(?:起步|班列|列车|[，。；]|$)"),
    "口": re.compile(r"(?:井|人|塘|机井|水井)"),
    "门": re.compile(r"(?:课|功课|学科)"),
    "道": re.compile(r"(?:工序|防线|坎|菜|题|沟|坝)"),
    "对": re.compile(r"(?:夫妻|新人)"),
    "升": re.compile(r""),
    "段": re.compile(r"(?:路|河|渠|管)"),
    "轮": re.compile(r"(?:谈判|检查|排查|督查|巡查|培训|筛查)"),
    "餐": re.compile(r"$"),
    "班": re.compile(r"(?:公交|车|船|渡)"),
    "站": re.compile(r"(?:路|地)"),
}
_APPOSED = re.compile(r"([^，。；：（）“”]{2,40})$")
_IDIOM = re.compile(
    r"[一二两三四五六七八九十百千万][^，。、；：\d一二两三四五六七八九十百千万（“\n个条项名家户座处]$"
)
#: A numeral that begins with its scale (百家, 万户) counts only after a word that makes it a number.
_BARE_SCALE = re.compile(r"(?:上|近|约|超|过|逾|达|达到|破|成|数以|以|有|共|计|到|满|余|足|补|给)$")
_SCALE_FIRST = re.compile(r"[百千万亿]")


def is_claim(number: str, unit: str, kind: str, before: str, after: str) -> bool:
    """Whether a number with a unit is a checkable quantity.

    ``kind`` is the unit's class, ``before`` and ``after`` are the text around, of the same line.

    >>> is_claim("三", "座", "count", "新建水厂", "。"), is_claim("三", "项", "count", "完善", "制度。")
    (True, False)
    >>> is_claim("3", "个", "count", "在", "月内"), is_claim("5", "栋", "count", "锦程花园", "顶楼")
    (False, False)
    """
    continued = _CONTINUED.get(unit)
    if continued is not None and continued.match(after):
        return False
    if _MASK.search(before) or _FURNITURE.search(before):
        return False
    place = _PLACE.get(unit)
    if place is not None and place.search(before):
        return False
    if unit in ("栋", "幢") and _BUILDING_AFTER.match(after):
        return False
    if unit == "次" and _MEETING.match(after) and _SEATED.search(before):
        return False
    if number[0].isdigit():
        return _digits_claim(number, unit, kind, before, after)
    return _chinese_claim(number, unit, kind, before, after)


def _digits_claim(number: str, unit: str, kind: str, before: str, after: str) -> bool:
    if kind in ("count", "rank"):
        if number.isdigit():
            if int(number) in (0, 1):
                return False
            if (
                _YEAR.match(number)
                and unit in ("起", "级", "款", "期", "版", "班", "位", "批")
                and not _AMOUNT.search(before)
            ):
                return False
            if len(number) <= 2 and unit in ("对", "起", "处", "号", "间", "名") and _LOST_DAY.search(before):
                return False
        elif "." in number and number[-1].isdigit() and unit in ("条", "款", "项", "类", "级"):
            return False
        if unit in ("名", "人", "位") and before.endswith(("等", "等共", "您等")) and _ADDRESSEE.match(after):
            return False
        if _POINTS.match(unit + after) or _POINTING.search(before):
            return False
    if unit in ("G", "P", "T") and number in ("2", "3", "4", "5", "6"):
        return False
    return not (unit == "度" and number in ("180", "360"))


def _chinese_claim(number: str, unit: str, kind: str, before: str, after: str) -> bool:
    parsed = parse_number(number)
    if number == "一" and (
        unit in ("分钱", "毛钱") or before.endswith(("最后", "统", "唯", "专", "划", "单", "同"))
    ):
        return False  # 一分钱也没有, 最后一公里, 统一尺寸
    if parsed is None or (number in ("一", "零", "半") and kind in ("count", "rank")):
        return False
    if unit == "分":
        return (
            len(number) > 1
            and number not in ("十", "百", "千", "万")
            and not before.endswith("点")
            and "点" not in number
        )
    if _SCALE_FIRST.match(number) and parsed.value in (100, 1000, 10**4, 10**6, 10**7, 10**8, 10**12):
        return bool(_BARE_SCALE.search(before)) or parsed.approx != "exact"
    if kind in ("count", "rank") or unit in ("角", "里", "升", "方", "度", "平"):
        if _POINTS.match(unit + after) or _POINTING.search(before):
            return False
        if unit in ("名", "人", "位") and before.endswith(("等", "等共", "您等")) and _ADDRESSEE.match(after):
            return False
        if len(number) == 1 and number != "半":
            return _digit_claim(number, unit, before, after)
        if number[0] in "几数" and len(number) == 1:
            return False
        if unit in ("字", "条") and (
            after.startswith(("路口", "会", "岔", "诀", "方针")) or before.endswith(("红", "第", "》"))
        ):
            return False
    return True


def _digit_claim(number: str, unit: str, before: str, after: str) -> bool:
    """A single Chinese digit with a measure word: mostly names, points and things told before."""
    if number in "二几" or unit in _ADMIN:
        return False
    if unit in _NAMES:
        counted = _COUNTED_NAMES.get(unit)
        if counted is None or not counted.match(after):
            return False
    if _POINTING_SMALL.search(before) or _ABSTRACT.match(unit + after) or _TOGETHER.match(after):
        return False
    if unit == "位" and re.match(r"(?:代表|委员|[，。、；都老同家]|网友|市民|的|$)", after):
        return False
    if _IDIOM.search(before):
        return False
    if number in "两三" and not before.strip():
        return False
    return not _enumerated(number, before)


def _enumerated(number: str, before: str) -> bool:
    """Whether the things counted have just been named, one by one (沧园、河口两个园区)."""
    clause = _APPOSED.search(before)
    count = "零一两三四五六七八九".find(number)
    if clause is None or count < 2 or clause.group().endswith("等"):
        return False
    named = re.split(r"[、和与及]", clause.group())
    return (
        len(named) == count and len(named[-1]) <= 8 and not re.search(r"[建设新增有安配购开]", named[-1][2:])
    )
