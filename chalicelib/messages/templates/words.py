"""The sentences of each kind of message; what stands in braces are phrases of `phrases.py`."""

from collections.abc import Mapping

from chalicelib.kernel.errors import Text
from chalicelib.messages.model.message import Kind

LETTERS_VERSION = 1
"""Counts on with every change of a letter, here or in `phrases.py`: each attempt says which one it was."""

SUBJECT: Mapping[Kind, Text] = {
    "spend": Text("消费通知", "Your spend"),
    "top_up": Text("充值通知", "Your top-up"),
    "refund": Text("退款通知", "Your refund"),
    "void": Text("消费撤销通知", "Your spend was voided"),
    "top_up_refund": Text("充值退款通知", "Your top-up was paid back"),
    "card_sale": Text("次卡购买通知", "Your count card"),
    "grant": Text("您收到一份赠送", "Something for you"),
    "correction": Text("账户更正通知", "Your account was corrected"),
    "transfer_out": Text("储值转出通知", "You transferred stored value"),
    "transfer_in": Text("储值转入通知", "You received stored value"),
    "expiry": Text("到期通知", "What has expired"),
    "expiry_notice": Text("到期提醒", "What will expire soon"),
    "card_lost": Text("会员卡挂失通知", "Your card was reported lost"),
    "card_replaced": Text("会员卡恢复使用通知", "Your card can be used again"),
    "outage": Text("服务故障通知", "A fault that may have touched you"),
}
BODY: Mapping[Kind, Text] = {
    "spend": Text(
        "您于{time}在{store}消费{amount}元{used}，{balance}。{points}",
        "You spent {amount} yuan{used} at {store} on {time}. {balance}{points}",
    ),
    "top_up": Text(
        "您于{time}在{store}充值{amount}元{bonus}，{balance}。",
        "You topped up {amount} yuan{bonus} at {store} on {time}. {balance}",
    ),
    "refund": Text(
        "{store}于{time}为您退款{amount}元，{back}，{balance}。{returned}{points}",
        "{store} refunded {amount} yuan on {time}, {back}. {balance}{returned}{points}",
    ),
    "void": Text(
        "{store}于{time}撤销了您的一笔消费{amount}元，{back}，{balance}。{returned}{points}",
        "{store} voided your spend of {amount} yuan on {time}: it went {back}. {balance}{returned}{points}",
    ),
    "top_up_refund": Text(
        "{store}于{time}为您退款{amount}元，{given_up}，{balance}。",
        "{store} paid back {amount} yuan on {time}; {given_up}. {balance}",
    ),
    "card_sale": Text(
        "您于{time}在{store}以{amount}元购买了{things}{until}。{points}",
        "You bought {things} for {amount} yuan at {store} on {time}{until}.{points}",
    ),
    "grant": Text(
        "{store}于{time}送您{things}{until}。{points_left}",
        "{store} gave you {things} on {time}{until}.{points_left}",
    ),
    "correction": Text(
        "{store}于{time}更正了您的账户：{changes}。{balance}，现有积分{points_now}。如有疑问，请联系门店。",
        "{store} corrected your account on {time}: {changes}. {balance} You have {points_now} points."
        " If you have any question, please ask the store.",
    ),
    "transfer_out": Text(
        "您于{time}在{store}转给另一位会员储值{amount}元，{balance}。如非本人办理，请尽快联系门店。",
        "You transferred {amount} yuan of stored value to another member at {store} on {time}. {balance}"
        " If this was not you, please tell the store at once.",
    ),
    "transfer_in": Text(
        "另一位会员于{time}在{store}转给您储值{amount}元，{balance}。",
        "Another member transferred {amount} yuan of stored value to you at {store} on {time}. {balance}",
    ),
    "expiry": Text(
        "您的{things}已{ended}到期。{balance}。{points_left}",
        "{things} expired{ended}. {balance}{points_left}",
    ),
    "expiry_notice": Text(
        "您的{things}可用至{last_day}，过后失效，欢迎在此之前使用。",
        "You can use {things} through {last_day}; after that day they are gone.",
    ),
    "card_lost": Text(
        "您的会员卡已于{time}挂失，储值、积分和卡券暂停使用，都为您保留。{balance}。如非本人办理，请尽快联系门店。",
        "Your card was reported lost on {time}. Stored value, points and coupons cannot be used for now and are kept"
        " for you. {balance} If this was not you, please tell the store at once.",
    ),
    "card_replaced": Text(
        "您的会员卡已于{time}恢复使用，{balance}。如已换新卡，旧卡号不再有效。",
        "Your card can be used again since {time}. {balance} If you were given a new number, the old one has ended.",
    ),
    "outage": Text(
        "{store}的会员服务自{time}起受到“{what}”影响，您的消费或通知可能因此延迟。给您带来不便，敬请谅解。",
        "Since {time} “{what}” has affected the services at {store}; your spend or our messages may have been late."
        " We are sorry.",
    ),
}
