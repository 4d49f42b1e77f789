"""What an incident says that a probe opened, where the chain has prepared no words of its own: what members feel."""

from collections.abc import Mapping
from typing import NamedTuple

from chalicelib.outages.model.asked import Body, Name
from chalicelib.outages.model.components import Part


class Saying(NamedTuple):
    name: Name
    began: Body


RECOVERED = Body(
    "自动检测显示该部分已恢复正常，我们会继续密切观察。",
    "Our checks show that this part works again. We keep a close eye on it.",
)
CLOSED = Body(
    "观察期内未再出现异常，本次事件已结束。",
    "Nothing went wrong while we watched it. This incident is over.",
)
AGAIN = Body(
    "自动检测再次发现异常，我们正在核实。",
    "Our checks found it failing again. We are looking into it.",
)
_SMS = Saying(
    Name("短信可能延迟", "Text messages may be late"),
    Body(
        "自动检测发现短信服务商响应异常，消费短信可能延迟到达。消费和余额不受影响。",
        "Our checks found an SMS provider not answering as it should. Spend messages may be late; "
        "spends and balances are not affected.",
    ),
)
BY_PART: Mapping[Part, Saying] = {
    "database": Saying(
        Name("系统读写异常", "Reading and writing is disturbed"),
        Body(
            "自动检测发现系统读写异常，会员查询和收银可能失败或变慢，我们正在核实。",
            "Our checks found reading or writing disturbed. Look-ups and sales may fail or be slow; we are looking.",
        ),
    ),
    "stream": Saying(
        Name("消息发送延迟", "Messages are late"),
        Body(
            "自动检测发现消息处理变慢，消费通知会晚到。消费和余额不受影响。",
            "Our checks found messages being handled late. Spend messages will arrive later; "
            "spends and balances are not affected.",
        ),
    ),
    "wechat": Saying(
        Name("微信服务异常", "WeChat is disturbed"),
        Body(
            "自动检测发现微信接口响应异常，小程序登录和订阅消息可能受影响，我们正在核实。",
            "Our checks found WeChat not answering as it should. Logging in to the mini program and subscribe messages "
            "may be affected; we are looking.",
        ),
    ),
    "sms": Saying(
        Name("短信暂时无法发送", "Text messages do not go out"),
        Body(
            "自动检测发现短信服务商均无正常应答，消费短信会晚到。消费和余额不受影响。",
            "Our checks found no SMS provider answering. Spend messages will arrive later; "
            "spends and balances are not affected.",
        ),
    ),
    "sms:tencent": _SMS,
    "sms:aliyun": _SMS,
    "email": Saying(
        Name("邮件可能延迟", "E-mail may be late"),
        Body(
            "自动检测发现邮件服务器响应异常，邮件通知可能延迟到达。消费和余额不受影响。",
            "Our checks found the mail server not answering as it should. E-mail may be late; "
            "spends and balances are not affected.",
        ),
    ),
    "status": Saying(
        Name("状态页更新延迟", "This page is updated late"),
        Body(
            "自动检测发现状态页没有按时更新，页面内容可能不是最新的，我们正在核实。",
            "Our checks found this page updated late. What it shows may not be the latest; we are looking.",
        ),
    ),
    "api": Saying(
        Name("系统接口异常", "The system does not answer as it should"),
        Body(
            "自动检测发现系统接口没有正常应答，小程序和收银可能变慢或无法使用，我们正在核实。",
            "Our checks found the system not answering as it should. The mini program and tills may be slow or "
            "not work; we are looking.",
        ),
    ),
}
