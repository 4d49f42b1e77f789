"""What the page says, in both languages."""

from collections.abc import Mapping
from typing import NamedTuple


class Words(NamedTuple):
    """`{…}` is filled in."""

    lang: str
    title: str
    zone: str
    side_by_side: str
    provider: str
    accepted: str
    delivered: str
    arrived: str
    time_to_receipt: str
    median: str
    p95: str
    spent: str
    a_day: str
    seconds: str
    minutes: str
    hours: str
    within: str
    longer: str
    no_data: str
    nothing_counted: str
    no_receipt: str
    no_price: str
    unpriced: str
    each_day: str
    date: str
    note: str
    names: Mapping[str, str]


ZH = Words(
    lang="zh-CN",
    title="消息服务商 {month}",
    zone="按 {zone} 的日期",
    side_by_side="各家对照",
    provider="服务商",
    accepted="受理",
    delivered="送达",
    arrived="送达率",
    time_to_receipt="送达用时",
    median="中位",
    p95="95%",
    spent="花费（元）",
    a_day="每日{what}",
    seconds="{n} 秒",
    minutes="{n} 分钟",
    hours="{n} 小时",
    within="{time}内",
    longer="超过 {time}",
    no_data="无数据",
    nothing_counted="这个月没有消息，也就没有数据。",
    no_receipt="没有收到任何回执，无法说出送达了多少、用时多久。",
    no_price="消息规则里没有写单价，无法计算花费。",
    unpriced="其中 {n} 条发出时没有单价，未计入。",
    each_day="每日数字",
    date="日期",
    note="回执计在收到的那天，因此某天的送达可能多于受理。送达率以运营商有回报的消息为准；用时分档计算。花费按发出时"
    "规则中的单价和条数估算，以账单为准。“—”表示无数据，不是零。",
    names={
        "tencent": "腾讯云短信",
        "aliyun": "阿里云短信",
        "wechat": "微信订阅消息",
        "smtp": "邮件",
    },
)
EN = Words(
    lang="en",
    title="Message providers, {month}",
    zone="Days of {zone}",
    side_by_side="Side by side",
    provider="Provider",
    accepted="Accepted",
    delivered="Delivered",
    arrived="Arrived",
    time_to_receipt="Time to receipt",
    median="Median",
    p95="p95",
    spent="Spent (yuan)",
    a_day="{what} a day",
    seconds="{n} s",
    minutes="{n} min",
    hours="{n} h",
    within="≤ {time}",
    longer="> {time}",
    no_data="no data",
    nothing_counted="There were no messages this month, so there is no data.",
    no_receipt="No receipt came: how many arrived, and how fast, cannot be said.",
    no_price="The message rules state no price, so nothing can be said of the cost.",
    unpriced="{n} parts went out while no price was stated, and are not in it.",
    each_day="Day by day",
    date="Date",
    note="A receipt counts on the day on which it comes, so a day may have more delivered than accepted. The share that"
    " arrived is of what carriers reported; times are in steps. Cost is estimated from parts and the price in the rules"
    " when they went out; the invoice decides. “—” is no data, and no zero.",
    names={"tencent": "Tencent SMS", "aliyun": "Aliyun SMS", "wechat": "WeChat", "smtp": "E-mail"},
)


def lasting(seconds: int, said: Words) -> str:
    if seconds < 60:  # noqa: PLR2004 - a minute
        return said.seconds.format(n=seconds)
    if seconds < 3600:  # noqa: PLR2004 - an hour
        return said.minutes.format(n=seconds // 60)
    return said.hours.format(n=seconds // 3600)
