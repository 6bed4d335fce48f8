"""Parts that web pages of public bodies are made of, to be put together in all ways."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

from tests.knowledge.made_files import HEADINGS, PARAGRAPHS

TITLE = "白鹭县2021年政府工作报告"
BODY = [line for heading, text in zip(HEADINGS, PARAGRAPHS, strict=True) for line in (heading, text, text)]

ABOVE = {
    "list of links, crumbs, line of the source": (
        "<ul class=nav><li><a href=/>首页</a><li><a href=/a>走进白鹭</a><li><a href=/b>要闻动态</a></ul>"
        "<div>当前位置：<a href=/>首页</a> &gt; <a href=/b>信息公开</a> &gt; 正文</div>"
        f"<h2>{TITLE}</h2><p>发布时间：2022-01-20　来源：白鹭县人民政府办公室　字号：[ 大 中 小 ]</p>"
    ),
    "plain words, search, date below the title": (
        "<div>白鹭县人民政府</div><div><span>首页</span><span>|"
        "</span><span>公开</span><span>|</span><span>服务</span></div>"
        f"<div>请输入关键字</div><div class=t>{TITLE}</div><div>2022-01-20 09:12:33</div>"
        "<div><span>T大</span><span>T中</span><span>T小</span> <span>打印</span> <span>收藏</span></div>"
    ),
    "table of facts": (
        "<p>您现在的位置： 首页 / 法定主动公开内容 / 政府工作报告"
        "</p><table><tr><td>索 引 号：</td><td>sm0021/2022-00003</td>"
        "<td>主题分类：</td><td>综合政务</td></tr><tr><td>发布机构："
        "</td><td>白鹭县人民政府办公室</td><td>成文日期：</td>"
        "<td>2022-01-18</td></tr><tr><td>文&nbsp;&nbsp;号：</td>"
        "<td>白政〔2022〕1号</td><td>有 效 性：</td><td>有效</td></tr>"
        f"<tr><td>标&nbsp;&nbsp;题：</td><td colspan=3>{TITLE}</td></tr></table><h1>{TITLE}</h1>"
    ),
    "share and reading tools": (
        f"<header><a href=/>白鹭县人民政府门户网站</a></header><h3>{TITLE}"
        "</h3><div>时间：2022-01-20 来源：县政府办 作者： 浏览次数：<span>"
        "321</span>次</div><div>分享到：<a href=#>微信</a><a href=#>新浪微博"
        "</a></div><div>语音播报：<button>播放</button></div>"
    ),
}
LAYOUTS: dict[str, Callable[[list[str]], str]] = {
    "paragraphs": lambda lines: "".join(f"<p>　　{line}</p>" for line in lines),
    "styled paragraphs": lambda lines: "".join(
        f'<p style="text-indent:2em"><span style="font-size:16pt">{line[:3]}</span><span>{line[3:]}</span></p>'
        for line in lines
    ),
    "line breaks": lambda lines: "<br>".join(f"&nbsp;&nbsp;&nbsp;&nbsp;{line}" for line in lines),
    "divisions": lambda lines: "".join(f"<div>　　{line}</div><div>&nbsp;</div>" for line in lines),
    "cells": lambda lines: (
        "<table width=100%>" + "".join(f"<tr><td>　　{line}</td></tr>" for line in lines) + "</table>"
    ),
    "bold headings": lambda lines: "".join(
        f"<h4>{line}</h4>" if line in HEADINGS else f"<p>{line}</p>" for line in lines
    ),
}
HOLDERS = {
    "named": "<div class=TRS_Editor>{}</div>",
    "unnamed": "<div class=c3><div>{}</div></div>",
    "layout table": "<table><tr><td width=20></td><td>{}</td></tr></table>",
    "bare": "{}",
}
BELOW = {
    "attachments, neighbours, footer": (
        "<p>附件：<a href=1.docx>白鹭县2021年政府工作报告.docx</a></p>"
        "<p>上一篇：<a href=1>关于春节放假的通知</a></p><p>下一篇：没有了</p>"
        "<div>主办：白鹭县人民政府　承办：白鹭县人民政府办公室"
        "</div><div>网站标识码：3500000001　闽ICP备00000001号</div>"
    ),
    "buttons, related articles with dates": (
        "<div>【<a href=#>打印本页</a>】【<a href=#>关闭窗口</a>】</div>"
        "<div>相关文章</div><ul><li><a href=1>白鹭县2020年政府工作报告"
        "</a> <span>2021-02-03</span><li><a href=2>图解2021年政府工作报告</a> <span>[2022-01-21]</span></ul>"
        "<div>Copyright © 2022 白鹭县人民政府 版权所有</div>"
    ),
    "editor, code to scan, links": (
        "<p>（责任编辑：李某）</p><p>扫一扫在手机上查看当前页面</p><select><option>国务院部门网站</option></select>"
        "<div><a href=1>网站地图</a> | <a href=2>联系我们</a> | "
        "<a href=3>关于我们</a></div><p>地址：白鹭县人民路1号　邮编：363000</p>"
    ),
    "other articles with teasers, what readers say": (
        "<p>— END —</p><div class=like><h3>猜你喜欢</h3><ul><li><a href=1>白鹭县2020年政府工作报告</a>"
        "<p>昨日，县人大会议审议通过了2020年政府工作报告，全年实现地区生产总值104.8亿元，同比增长3.2%。</p></li></ul></div>"
        "<div>网友评论</div><p>写得好！期待明年有更好的成绩，也希望多建几所学校。</p><div>版权所有：白鹭县人民政府</div>"
    ),
    "pager": "<div>共1页&nbsp;1</div><div>首页 上一页 1 下一页 尾页</div><div>您是第 1024 位访问者</div>",
}


def pages(above: str, below: str) -> list[tuple[str, str]]:
    """Every page that can be put together with this head and foot, with a name."""
    head = f"<html><head><title>{TITLE}_白鹭县人民政府</title></head><body>{ABOVE[above]}"
    return [
        (f"{holder} / {layout}", f"{head}{HOLDERS[holder].format(LAYOUTS[layout](BODY))}{BELOW[below]}</body></html>")
        for holder, layout in product(HOLDERS, LAYOUTS)
    ]
