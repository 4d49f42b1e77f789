"""What the ledger refuses, and keeps refused under the name that the caller chose."""

from typing import Any

from chalicelib.kernel.errors import Conflict, Refused, Text
from chalicelib.members.model import CardLost


class BalanceTooLow(Refused):
    """The member's live balance does not cover the amount."""

    code = "balance_too_low"
    title = Text("余额不足", "The balance is too low")
    detail = Text("余额还差 {missing_yuan} 元。", "The balance is short by {missing_yuan} yuan.")
    hint = Text(
        "请换一个新单号，改用其他方式支付或先充值。",
        "Use a new name, and another way to pay or a top-up first.",
    )


class BalanceTooHigh(Refused):
    """No account holds more than the limit of the system or of the chain."""

    code = "balance_too_high"
    title = Text("余额将超过上限", "The balance would exceed the limit")


class PointsTooLow(Refused):
    """The member has fewer points than are to be redeemed."""

    code = "points_too_low"
    title = Text("积分不足", "There are too few points")
    detail = Text("积分还差 {missing_points}。", "{missing_points} points are missing.")
    hint = Text("请换一个新单号，改用其他方式支付。", "Use a new name, and another way to pay.")


class PointsPayNothing(Refused):
    """The chain does not take points as money."""

    code = "points_not_redeemable"
    title = Text("积分不能抵现", "Points cannot be used to pay")
    hint = Text("请换一个新单号，改用其他方式支付。", "Use a new name, and another way to pay.")


class CouponNotUsable(Refused):
    """`because` is one of: unknown (used, expired, another's), not_yet, other_store, threshold, one_an_order."""

    code = "coupon_not_usable"
    title = Text("优惠券不可用", "The coupon cannot be used here")
    detail = Text("原因：{because}。", "Because: {because}.")
    hint = Text(
        "请核对券的有效期、适用门店和使用门槛；已用过的券不能再用。",
        "Check its dates, stores and threshold; a coupon is good once.",
    )


class CouponValueDiffers(Refused):
    """The till computed another value; `value_fen` is what the coupon is worth on this order."""

    code = "coupon_value_differs"
    title = Text("券的抵扣金额不符", "The coupon is worth another sum")
    detail = Text("本单应抵扣 {value_fen} 分。", "On this order it is worth {value_fen} fen.")
    hint = Text("请用新单号按该金额重发。", "Send that sum under a new name.")


class CountCardNotUsable(Refused):
    """`because` is one of: unknown (not on the card: used up, expired), other_store, other_service, used_up."""

    code = "count_card_not_usable"
    title = Text("次卡不可用", "The count card cannot be used here")
    detail = Text("原因：{because}，剩余 {left} 次。", "Because: {because}; {left} times left.")
    hint = Text("请换一个新单号，改用其他方式支付。", "Use a new name, and another way to pay.")


class CardFull(Refused):
    """A card holds so many lots and no more."""

    code = "card_full"
    title = Text("卡内项目过多", "The card holds too many things")
    hint = Text("请先使用或合并已有的券和储值。", "Use some of what is on it first.")


class BonusNotGranted(Refused):
    """The chain's rules give another bonus; `bonus_fen` is theirs."""

    code = "bonus_not_granted"
    title = Text("赠送金额不符合充值规则", "The bonus is not what the rules give")
    detail = Text("按规则应赠 {bonus_fen} 分。", "By the rules it is {bonus_fen} fen.")
    hint = Text(
        "请不填 bonus_fen，或由有 bonus:give 权限的人操作。",
        "Leave bonus_fen out, or let somebody with bonus:give do it.",
    )


class RefundTooHigh(Refused):
    """More than is left of what was paid."""

    code = "refund_too_high"
    title = Text("退款超过可退金额", "More than can be refunded")
    detail = Text("可退 {left_fen} 分。", "{left_fen} fen can be refunded.")
    hint = Text("请用新单号按可退金额重发。", "Send what is left under a new name.")


class NothingLeft(Refused):
    """Everything was given back before."""

    code = "nothing_left"
    title = Text("已无可退部分", "Nothing is left to give back")


class NotToday(Refused):
    """Only what was booked on the same business day can be voided; later it is a refund."""

    code = "void_too_late"
    title = Text("只能当日撤销", "Only on the same business day")
    hint = Text("请改用退款。", "Make a refund instead.")


class RefundedAlready(Refused):
    """A spend that was refunded in part cannot be voided."""

    code = "refunded_already"
    title = Text("已有退款，不能撤销", "It was refunded in part and cannot be voided")
    hint = Text("请对剩余部分退款。", "Refund the rest instead.")


class NotOffered(Refused):
    """The chain has no such coupon or count card, or not now."""

    code = "not_offered"
    title = Text("没有这种券或次卡", "The chain does not offer this")
    hint = Text("请核对编号和日期。", "Check its word and its dates.")


class SameMember(Refused):
    """A transfer needs two members."""

    code = "same_member"
    title = Text("转出和转入是同一会员", "Both are the same member")


class NameTaken(Conflict):
    """The name was used for something else; nothing changed."""

    code = "name_taken"
    title = Text("单号已被另一笔使用", "The name was used for something else")
    hint = Text(
        "同一单号只能原样重发；新的一笔请用新单号。",
        "A name may only be sent again unchanged; use a new one for a new purpose.",
    )


KINDS: dict[str, type[Refused]] = {
    kind.code: kind
    for kind in (
        BalanceTooLow, BalanceTooHigh, PointsTooLow, PointsPayNothing, CouponNotUsable,
        CouponValueDiffers, CountCardNotUsable, CardLost, CardFull, BonusNotGranted, RefundTooHigh,
        NothingLeft, NotToday, RefundedAlready, NotOffered, SameMember,
    )
}  # fmt: skip


def kept(code: str, values: dict[str, Any]) -> Refused:
    """A refusal as it was kept; one that a newer release made is still refused by an older one."""
    kind: type[Refused] = KINDS.get(code) or type("RefusedByAnother", (Refused,), {"code": code})
    return kind(**values)
