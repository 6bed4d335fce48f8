"""Made-up reports of invented places, and a way to open a service over just these."""

from __future__ import annotations

from pathlib import Path

from wenbao.answers.model import Reply
from wenbao.answers.reading import Reading, read_passage
from wenbao.answers.service import ReportService
from wenbao.config.settings import Settings
from wenbao.knowledge.documents import Passage
from wenbao.knowledge.library import Library
from wenbao.knowledge.parse import parse

YUNLING_2021 = """云岭县2021年法治政府建设工作报告

2021年，云岭县坚持依法行政，各项工作取得新进展。现将有关情况报告如下：

一、主要工作情况

（一）优化政务服务。政务服务大厅受理事项48213件，办结率99.2%。新增自助服务终端36台，企业开办时间压缩至0.5个工作日。

（二）化解矛盾纠纷。全年调解纠纷1275宗，其中邻里纠纷643宗、劳动纠纷218宗。县、镇两级信访量分别下降12.5%和8.3%。法律援助中心办理案件310件，由2020年的262件增加到310件。

（三）推进普法宣传。开展法治讲座85场次，参加群众1.6万余人次。3月1日起施行《云岭县河道管理办法》，由县水务局牵头负责。

（四）加强队伍建设。因编制调整，行政执法人员减少至204名。

二、存在问题

一是部分乡镇执法力量不足。二是数字化平台建设滞后。三是普法形式单一。

三、2022年工作计划

（一）推进智慧执法平台建设。计划投入资金560万元。

（二）加强基层调解队伍建设。新聘调解员40名。

云岭县人民政府
2022年1月18日
"""

HEKOU_2019 = """河湾市2019年民生工作报告

2019年，河湾市民生支出占一般公共预算支出的百分之七十八点五。

一、教育

全市新建小学7所，新增学位9450个。义务教育阶段在校学生12.3万人。

二、交通

新增公交线路14条，改造农村公路230公里。

三、存在的困难

停车泊位缺口较大；养老床位分布不均；部分医院设备老旧。

河湾市人民政府
2020年2月9日
"""

TRADITIONAL_2020 = """青螺區2020年環境保護報告

一、空氣質量

2020年，全區空氣質量優良天數327天，細顆粒物平均濃度為23微克/立方米。

二、水環境

整治黑臭河涌19條，新建污水管網88公里。

青螺區人民政府
2021年1月30日
"""

REPORTS = {"yunling.txt": YUNLING_2021, "hewan.txt": HEKOU_2019, "qingluo.txt": TRADITIONAL_2020}


def settings_at(folder: Path) -> Settings:
    """Settings of their own, whatever the environment says."""
    return Settings(_env_file=None, data_dir=folder, embedding_model=None, max_question_length=500)


def open_empty(folder: Path) -> ReportService:
    """A service over a library without the reports in the box."""
    Library(folder / "library.sqlite3").close()
    return ReportService.open(settings_at(folder))


def open_with(folder: Path, reports: dict[str, str]) -> ReportService:
    """A service over just these reports."""
    service = open_empty(folder)
    for name, text in reports.items():
        service.add(name, text.encode())
    return service


def quotes_are_verbatim(service: ReportService, reply: Reply) -> bool:
    """Whether every quote is the document's text from its start to its end, with the highlights inside."""
    return all(
        cited.quote == service.document(cited.document_id).text[cited.start : cited.end]
        and cited.quote
        and all(cited.start <= low < high <= cited.end for low, high in cited.highlights)
        for cited in (*reply.citations, *reply.related)
    )


def readings_of(text: str, name: str = "report.txt") -> list[Reading]:
    """What is read in each paragraph of a report."""
    document = parse(name, text.encode())
    return [
        read_passage(Passage(row, document.id, one, document.text[one.start : one.end]))
        for row, one in enumerate(document.paragraphs, 1)
    ]


def reading_with(text: str, words: str) -> Reading:
    """What is read in the paragraph that has these words."""
    return next(one for one in readings_of(text) if words in one.passage.text)
