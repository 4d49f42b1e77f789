"""What kinds of entries and ways of payment are called by people, and in which of them money changes hands."""

from collections.abc import Mapping

from chalicelib.kernel.errors import Text

METHODS: Mapping[str, Text] = {
    "cash": Text("现金", "Cash"),
    "wechat_pay": Text("微信支付", "WeChat Pay"),
    "alipay": Text("支付宝", "Alipay"),
    "card": Text("银行卡", "Bank card"),
    "balance": Text("储值余额", "Stored value"),
    "points": Text("积分抵扣", "Points"),
    "coupon": Text("优惠券", "Coupon"),
    "count_card": Text("次卡", "Count card"),
    "written_off": Text("门店核销", "Written off"),
}
KINDS: Mapping[str, Text] = {
    "spend": Text("消费", "Spend"),
    "refund": Text("退款", "Refund"),
    "void": Text("撤销", "Void"),
    "top_up": Text("充值", "Top-up"),
    "top_up_refund": Text("充值退款", "Top-up refund"),
    "card_sale": Text("售次卡", "Count card sold"),
    "grant": Text("赠送", "Grant"),
    "correction": Text("更正", "Correction"),
    "transfer_in": Text("转入", "Transfer in"),
    "transfer_out": Text("转出", "Transfer out"),
    "expiry": Text("过期", "Expiry"),
    "expiry_notice": Text("到期提醒", "Expiry notice"),
    "card_lost": Text("挂失", "Card lost"),
    "card_replaced": Text("补卡", "Card replaced"),
}
# what changed hands came from the member, or went back; other kinds only move what the member has
SIGNS: Mapping[str, int] = {
    "spend": 1, "top_up": 1, "card_sale": 1, "refund": -1, "void": -1, "top_up_refund": -1,
}  # fmt: skip


def method(name: str, *, english: bool) -> str:
    return _said(METHODS, name, english=english)


def kind(name: str, *, english: bool) -> str:
    return _said(KINDS, name, english=english)


def _said(texts: Mapping[str, Text], name: str, *, english: bool) -> str:
    said = texts.get(name)
    if said is None:
        return name
    return said.en if english else said.zh
