"""Makes up reports from templates: any number of them, the same ones every time, and questions with one right place.

A report is of a county that does not exist and of one year; it has a hundred paragraphs with a figure in each. Other
reports have the same sentences with figures of their own, so that only county, year and matter together tell the place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

YEARS = (2016, 2017, 2018, 2019, 2020)
_NAMES = (
    "青白金银石玉松柏云龙凤江河湖海山岭泉溪田安平永长福寿康宁和顺兴盛光明文武德仁义礼信昌隆丰庆嘉祥瑞华荣清新古大"
    "东西南北中上下前远高宽厚春夏秋冬梅兰竹菊桃李杏梨枫桂荷莲鹤鹿虎马牛羊燕雁鹰鸿星月日天地阳晴雨雪霜露虹琴棋"
)
_MATTERS = """
公共法律服务：提供 次 法律咨询，办理 宗 法律援助案件，出具 份 法律意见书，建成 个 公共法律服务站，举办 场 普法讲座
行政复议：收到 件 行政复议申请，审结 件 行政复议案件，纠正 件 违法行政行为，召开 次 复议听证会，发出 份 复议建议书
行政执法：培训 名 行政执法人员，评查 宗 行政处罚案卷，发放 张 行政执法证，公示 条 行政处罚信息，清理 件 规范性文件
矛盾化解：调解 宗 劳动争议，排查 处 信访隐患，设立 个 人民调解委员会，聘请 名 专职调解员，化解 件 信访积案
政务服务：受理 件 政务服务事项，压减 项 证明材料，开通 个 自助服务网点，接听 个 热线电话，推出 项 一件事联办
营商环境：新登记 户 市场主体，减免 万元 行政事业性收费，帮扶 家 困难企业，引进 个 招商项目，发放 笔 惠企贷款
基础教育：新建 所 公办幼儿园，增加 个 小学学位，招聘 名 中小学教师，改造 间 农村校舍，资助 名 家庭困难学生
医疗卫生：新增 张 医院床位，引进 名 执业医师，改造 间 村卫生室，开展 例 日间手术，接种 剂 流感疫苗
就业创业：新增 个 城镇就业岗位，举办 场 招聘会，发放 笔 创业担保贷款，培训 名 粤菜师傅，安置 名 退役军人
社会保障：发放 万元 城乡低保金，建成 家 长者饭堂，新增 张 养老床位，救助 名 流浪乞讨人员，办理 张 残疾人证
住房建设：开工 套 保障性住房，改造 个 老旧小区，加装 部 住宅电梯，治理 处 违法建设，拆除 栋 危旧房屋
交通运输：修复 公里 县道，新开 条 公交线路，投放 辆 新能源公交车，建设 座 跨河桥梁，整治 处 交通黑点
生态环境：关停 家 散乱污企业，建设 座 污水处理设施，种植 棵 红锥树苗，整治 条 黑臭水体，安装 套 扬尘监测设备
水利建设：加固 座 小型水库，疏浚 公里 中小河流，新建 座 灌溉泵站，安装 块 智能水表，巡查 次 河湖岸线
农业农村：建设 亩 高标准农田，培育 家 农业龙头企业，改造 座 农村公厕，登记 个 地理标志产品，收购 吨 储备粮食
文化旅游：修缮 处 不可移动文物，新建 个 乡镇图书分馆，接待 万人次 过夜游客，演出 场 送戏下乡节目，评定 家 星级民宿
体育健身：新建 条 社区健身路径，举办 场 全民健身赛事，培养 名 社会体育指导员，开放 个 学校运动场地，获得 枚 省运会奖牌
安全生产：检查 家 危险化学品企业，整改 处 重大事故隐患，吊销 张 烟花爆竹许可证，演练 次 应急预案，关闭 座 非煤矿山
公共安全：破获 宗 电信诈骗案件，安装 个 高清监控探头，返还 万元 被骗资金，组建 支 义务消防队，查处 起 醉驾案件
科技创新：认定 家 高新技术企业，授权 件 发明专利，设立 个 博士后工作站，转化 项 科技成果，购置 台 大型科研仪器
"""
_OPENINGS = (
    "认真落实上级决策部署，",
    "坚持问题导向和目标导向相结合，",
    "健全部门联动的工作机制，",
    "压实各镇（街道）的主体责任，",
    "结合年初确定的民生实事，",
    "在财力紧张的情况下优先保障，",
    "广泛听取企业和群众的意见，",
    "按照省、市的统一要求，",
)
_ENDINGS = (
    "工作成效得到群众认可。",
    "各项任务均按时间节点完成。",
    "相关做法在全市作了交流。",
    "有关经费已列入财政预算并按进度拨付。",
    "存在的短板将在下一年度继续补齐。",
    "主管部门每季度通报进展情况。",
)


@dataclass(frozen=True, slots=True)
class Measure:
    """What is counted: 提供 次 法律咨询."""

    verb: str
    unit: str
    thing: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the title of the one report that answers it, the words that its place has, and the figure."""

    text: str
    title: str
    place: str
    value: str


def report(number: int) -> bytes:
    """Report number so and so, as the content of a text file."""
    county, year = _county(number), _year(number)
    chance = Random(number)
    lines = [_title(number), f"{year}年，{county}各项事业稳步推进，现将有关情况报告如下："]
    for order, (matter, measures) in enumerate(MATTERS.items()):
        lines.append(f"{_numeral(order + 1)}、{matter}")
        lines += [
            f"{chance.choice(_OPENINGS)}{_counted(number, matter, measure)}。{chance.choice(_ENDINGS)}"
            for measure in measures
        ]
    lines += [f"{county}人民政府", f"{year + 1}年1月{chance.randrange(1, 29)}日"]
    return "\n".join(lines).encode()


def questions(reports: int, count: int) -> Iterator[Question]:
    """So many questions about the first so many reports."""
    chance = Random(0)
    for _ in range(count):
        number = chance.randrange(reports)
        matter = chance.choice(list(MATTERS))
        measure = chance.choice(MATTERS[matter])
        text = f"{_county(number)}{_year(number)}年{measure.verb}了多少{measure.unit}{measure.thing}?"
        value = f"{_figure(number, matter, measure)}{measure.unit}"
        yield Question(text, _title(number), _counted(number, matter, measure), value)


def _title(number: int) -> str:
    return f"{_county(number)}{_year(number)}年政府工作情况报告"


def _county(number: int) -> str:
    """Each in turn has a report of every year: no two reports are of one county and one year."""
    which = number // len(YEARS)
    return f"{_NAMES[which // len(_NAMES) % len(_NAMES)]}{_NAMES[which % len(_NAMES)]}县"


def _year(number: int) -> int:
    return YEARS[number % len(YEARS)]


def _counted(number: int, matter: str, measure: Measure) -> str:
    return f"全年{measure.verb}{measure.thing}{_figure(number, matter, measure)}{measure.unit}"


def _figure(number: int, matter: str, measure: Measure) -> int:
    return Random(f"{number} {matter} {measure.thing}").randrange(11, 9_999)


def _numeral(number: int) -> str:
    """A number below 100 as headings have it."""
    tens, ones = divmod(number, 10)
    digits = " 一二三四五六七八九"
    return f"{digits[tens] if tens > 1 else ''}{'十' if tens else ''}{digits[ones] if ones else ''}"


def _matters() -> dict[str, tuple[Measure, ...]]:
    pairs = (line.split("：") for line in _MATTERS.strip().splitlines())
    return {matter: tuple(Measure(*one.split()) for one in measures.split("，")) for matter, measures in pairs}


MATTERS = _matters()
PARAGRAPHS = len(report(0).split(b"\n"))
"""How many every report has."""
