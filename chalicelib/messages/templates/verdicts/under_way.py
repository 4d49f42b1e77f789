"""Where the message is under way, or nobody can say."""

from collections.abc import Mapping

from chalicelib.kernel.errors import Text
from chalicelib.messages.model.diagnosis import Code
from chalicelib.messages.templates.verdicts.words import WAIT, WAIT_TOLD, Verdicts, of

UNDER_WAY: Mapping[Code, Verdicts] = {
    "just_booked": of(
        Text(
            "这笔刚入账，消息正在生成，预计{expected}前。",
            "It was booked just now; the message is expected by {expected}.",
        ),
        Text(
            "这笔刚入账，消息正在生成，预计{expected}前。",
            "It was booked just now; the message is expected by {expected}.",
        ),
        member_then=WAIT,
        staff_then=WAIT_TOLD,
    ),
    "on_its_way": of(
        Text(
            "消息正在发送，预计{expected}前。",
            "The message is being sent; expect it by {expected}.",
        ),
        Text(
            "消息正在发送，预计{expected}前。",
            "The message is being sent; expect it by {expected}.",
        ),
        member_then=WAIT,
        staff_then=WAIT_TOLD,
    ),
    "late": of(
        Text(
            "消息晚了，是我们这边积压，预计{expected}。",
            "The message is late, on our side; expect it about {expected}.",
        ),
        Text(
            "消息积压在我们的系统里，预计{expected}。",
            "The message is held up in our own system; expect it about {expected}.",
        ),
        member_then=WAIT,
        staff_then=Text(
            "不用补发，系统会自动接着发；过了预计时间仍没有，请报总部运营。",
            "Do not send it again, it goes on by itself. If it is not there by then, tell head office.",
        ),
    ),
    "provider_trouble": of(
        Text(
            "短信服务商暂时连不上，系统会自动重试，预计{expected}。",
            "The SMS provider cannot be reached; we keep trying, next about {expected}.",
        ),
        Text(
            "服务商暂时连不上，系统自动重试，下次约{expected}；一直不通就换一家或换渠道。",
            "The provider cannot be reached. It is tried again about {expected}, then another provider or channel.",
        ),
        member_then=WAIT,
        staff_then=WAIT_TOLD,
    ),
    "all_providers_down": of(
        Text(
            "当时没有一家服务商可用，短信没能发出。{again}",
            "No provider was usable, so it could not be sent.{again}",
        ),
        Text(
            "当时没有一家服务商可用，短信没能发出。{again}",
            "No provider was usable, so it could not be sent.{again}",
        ),
        staff_then=Text(
            "请按状态页的公告告诉会员；会员可看小程序“我的消息”。",
            "Tell the member what the status page says; the message is in the mini program.",
        ),
    ),
    "quiet_hours": of(
        Text(
            "现在是免打扰时段，短信将在{expected}发出。",
            "It is quiet hours now; it will be sent at {expected}.",
        ),
        Text(
            "现在是免打扰时段，短信将在{expected}发出。",
            "It is quiet hours now; it will be sent at {expected}.",
        ),
        member_then=WAIT,
        staff_then=WAIT_TOLD,
    ),
    "limit_reached": of(
        Text(
            "发给您的短信到了次数上限，这一条没有用短信发。{again}",
            "The limit of messages to your phone was reached; this one was not sent by SMS.{again}",
        ),
        Text(
            "到了短信次数上限（本连锁的规则或服务商的频率限制，见依据），这一条没有用短信发出。{again}",
            "A limit was reached, the chain's own or the provider's (see the evidence); it was not sent by SMS.{again}",
        ),
        staff_then=Text(
            "上限是防骚扰用的；同一号码短时间内反复触发，请报总部。",
            "Limits hold off SMS bombing: if one number runs into them again and again, tell head office.",
        ),
    ),
    "asking_provider": of(
        Text(
            "服务商没有回应是否发出，正在核实，预计{expected}有结果。",
            "The provider did not say whether it went out; we are asking, and know more about {expected}.",
        ),
        Text(
            "服务商没有明确回应，可能已发出，系统正在核实（{expected}再问一次）。核实前不会再发，以免重复。",
            "The provider gave no clear answer; it may have been sent. We ask again about {expected}, and send nothing"
            " before that, lest it come twice.",
        ),
        member_then=WAIT,
        staff_then=WAIT_TOLD,
    ),
    "outcome_unknown": of(
        Text(
            "消息可能已发出，但服务商无法确认结果。",
            "It may have been sent, but the provider cannot say what became of it.",
        ),
        Text(
            "服务商始终无法确认这条消息的结果，为避免重复没有再发。",
            "The provider cannot say what became of it; it was not sent again, lest it come twice.",
        ),
        staff_then=Text(
            "请会员看收件箱、拦截箱和微信“服务通知”；确实没有，可让有补发权限的同事（店长、客服）换别的渠道补发。",
            "Have the member look into inbox, blocked messages and WeChat's notices. If it is not there, somebody"
            " who may resend (manager, support) can do so over another channel.",
        ),
    ),
}
