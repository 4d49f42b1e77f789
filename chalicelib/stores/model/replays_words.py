"""Why a record was held or refused, in words for the till's people and for the manager who decides."""

from collections.abc import Mapping

from chalicelib.kernel.errors import Text
from chalicelib.ledger.model.refusals import KINDS

_OWN: Mapping[str, Text] = {
    # held
    "over_trust": Text(
        "这张会员卡的离线消费合计已超过可信额度。",
        "Together the card's off-line sales are more than the card lets a till trust.",
    ),
    "card_malformed": Text("出示的离线卡无法读取。", "What was shown is no off-line card."),
    "card_unknown_key": Text(
        "离线卡的签名密钥未知。", "The card is signed with a key that nobody published."
    ),
    "card_bad_signature": Text("离线卡的签名不符。", "The card's signature does not fit."),
    "card_expired": Text("消费时离线卡已过期。", "The card had expired when the sale was made."),
    "card_not_yet": Text("离线卡的签发时间晚于消费时间。", "The card was issued after the sale."),
    "card_of_another": Text("离线卡属于另一位会员。", "The card is another member's."),
    "card_lost": Text(
        "该会员卡已挂失，或这张旧卡已补办。",
        "The card was reported lost, or has been replaced since.",
    ),
    "no_card": Text(
        "离线使用余额，但没有出示离线卡。",
        "Paid from the balance without a line, and no off-line card was shown.",
    ),
    "discount_over_limit": Text(
        "折扣超过上传人的权限，需店长批准。",
        "The discount is more than its sender may give: a manager approves it.",
    ),
    "clock_ahead": Text(
        "收银设备的时钟快了 5 分钟以上。", "The device's clock is more than five minutes ahead."
    ),
    "unknown_member": Text("没有这位会员。", "There is no such member."),
    "invalid_spend": Text("消费内容不合要求。", "The sale inside is not in the form asked for."),
    "held": Text("该笔已转人工处理。", "The sale was left to a person before."),
    # held, and settled since
    "settled_charge": Text(
        "已人工处理：按原单扣款入账。", "A person settled it: charged to the member."
    ),
    "settled_write_off": Text(
        "已人工处理：由企业承担。",
        "A person settled it: the chain bears what the card did not pay.",
    ),
    "settled_cancel": Text(
        "已人工处理：取消，未入账。", "A person settled it: cancelled, nothing was booked."
    ),
    # refused
    "malformed_record": Text("记录无法读取。", "The record cannot be read."),
    "bad_signature": Text("记录的签名不符。", "The record's signature does not fit."),
    "other_device": Text("记录属于另一台设备。", "The record is another device's."),
    "unknown_device": Text(
        "这家门店没有登记这台设备；登记后请重发。",
        "The store has no such device: register it, then send again.",
    ),
    "device_revoked": Text("设备已停用。", "The device was revoked."),
    "counter_taken": Text(
        "同一序号已有另一条记录，日志出现分叉。",
        "Another record has this counter: the journal is forked.",
    ),
    "name_taken": Text("单号已被另一笔使用。", "The name was used for something else."),
    # to be sent again
    "internal_error": Text("服务器内部错误，请重发。", "Something went wrong here: send it again."),
}


def why(code: str | None) -> Text | None:
    """A ledger's refusal is told by its title."""
    if code is None:
        return None
    kind = KINDS.get(code)
    return _OWN.get(code) or (kind.title if kind else None)
