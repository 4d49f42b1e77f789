"""The probes that there are: what each stands for, and how it is set where the chain says nothing."""

from collections.abc import Mapping
from typing import Literal, NamedTuple, get_args

from chalicelib.outages.model.asked.components import Outage
from chalicelib.outages.model.components import Part
from chalicelib.outages.model.words import Words

Name = Literal[
    "database_write", "database_read", "stream_lag", "wechat_token", "sms_tencent", "sms_aliyun",
    "email", "page_age", "api_1", "api_2", "api_3",
]  # fmt: skip
Unit = Literal["ms", "s"]
NAMES: tuple[Name, ...] = get_args(Name)


class Probe(NamedTuple):
    """`threshold`, in `unit`, is the most that still counts as good; `part` is what an incident of it is of."""

    name: Name
    part: Part
    unit: Unit
    threshold: int
    every_minutes: int
    moves_to: Outage
    title: Words


def _api(name: Name, number: int) -> Probe:
    title = Words(f"接口地址 {number}", f"API address {number}")
    return Probe(name, "api", "ms", 3_000, 1, "major_outage", title)


_ALL = (
    Probe("database_write", "database", "ms", 1_500, 1, "major_outage", Words("数据库写入", "Database writes")),
    Probe("database_read", "database", "ms", 1_500, 1, "major_outage", Words("数据库读取", "Database reads")),
    Probe("stream_lag", "stream", "s", 180, 1, "degraded_performance", Words("消息流转延迟", "Lag of the stream")),
    Probe("wechat_token", "wechat", "ms", 3_000, 2, "partial_outage", Words("微信接口凭证", "WeChat access token")),
    Probe("sms_tencent", "sms:tencent", "ms", 5_000, 5, "partial_outage", Words("腾讯云短信", "Tencent Cloud SMS")),
    Probe("sms_aliyun", "sms:aliyun", "ms", 5_000, 5, "partial_outage", Words("阿里云短信", "Aliyun SMS")),
    Probe("email", "email", "ms", 5_000, 5, "partial_outage", Words("邮件服务器", "Mail server")),
    Probe("page_age", "status", "s", 300, 1, "degraded_performance", Words("状态页更新", "Age of the status page")),
    _api("api_1", 1),
    _api("api_2", 2),
    _api("api_3", 3),
)  # fmt: skip
PROBES: Mapping[Name, Probe] = {each.name: each for each in _ALL}
# bad when all of these are: while one of them is well, what goes through the part still gets there
TOGETHER: Mapping[Part, tuple[Name, ...]] = {"sms": ("sms_tencent", "sms_aliyun")}
# while another of the part's probes is well it is no worse than this: callers have an ordered list of addresses
AT_MOST: Mapping[Part, Outage] = {"api": "partial_outage"}
PARTS: tuple[Part, ...] = (*dict.fromkeys(each.part for each in _ALL), *TOGETHER)
