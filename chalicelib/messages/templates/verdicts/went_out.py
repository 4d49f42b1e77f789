"""Where the message went out."""

from collections.abc import Mapping

from chalicelib.kernel.errors import Text
from chalicelib.messages.model.diagnosis import Code
from chalicelib.messages.templates.verdicts.words import Verdicts, of

_HANDSET = Text(
    "请看手机的短信拦截箱、通知类短信和另一张卡；手机装了拦截软件也请看一下。内容也在小程序“我的消息”里。",
    "Look into blocked messages, the folder for notices and the other SIM, and into any blocking app. It is also under"
    " “My messages” in the mini program.",
)
_HANDSET_TOLD = Text(
    "请会员看短信拦截箱、通知类短信、拦截软件，双卡手机看另一张卡；确认是这个号码。不用补发。",
    "Have the member look into blocked messages, the folder for notices, blocking apps and the other SIM, and make sure"
    " that it is this number. Sending it again does not help.",
)
WENT_OUT: Mapping[Code, Verdicts] = {
    "accepted_no_receipt_yet": of(
        Text(
            "短信已于{sent}发往 {to}，运营商还没有回执。",
            "The SMS went out to {to} at {sent}; the carrier has not reported yet.",
        ),
        Text(
            "服务商已于{sent}受理，发往 {to}，运营商还没有回执。",
            "The provider took it at {sent}, for {to}; the carrier has not reported yet.",
        ),
        member_then=Text(
            "请确认手机开机、有信号；回执最长要 72 小时。内容已在小程序“我的消息”里。",
            "Make sure the phone is on and has signal; a report may take up to 72 hours. It is already under “My"
            " messages” in the mini program.",
        ),
        staff_then=Text(
            "先不补发。请会员确认开机、有信号，稍后再查一次。",
            "Do not send it again yet. The phone should be on and have signal; ask again later.",
        ),
    ),
    "no_receipt": of(
        Text(
            "短信已于{sent}发往 {to}，但运营商一直没有回执，不能确定是否收到。",
            "The SMS went out to {to} at {sent}, and the carrier never reported: whether it arrived is not known.",
        ),
        Text(
            "服务商已于{sent}受理，发往 {to}，72 小时内没有回执，不能确定是否送达。",
            "The provider took it at {sent}, for {to}; no report came within 72 hours, so whether it arrived is not"
            " known.",
        ),
        member_then=_HANDSET,
        staff_then=Text(
            "请会员先看拦截箱；确实没有，可由有补发权限的同事补发。",
            "Have the member look into blocked messages first. If it is not there, somebody who may resend can do so.",
        ),
    ),
    "delivered": of(
        Text(
            "短信已于{sent}发往 {to}，运营商回报{reported}已送达手机。",
            "The SMS went out to {to} at {sent}; the carrier says that the phone got it at {reported}.",
        ),
        Text(
            "短信已于{sent}发往 {to}，运营商回报{reported}已送达手机。",
            "The SMS went out to {to} at {sent}; the carrier says that the phone got it at {reported}.",
        ),
        member_then=_HANDSET,
        staff_then=_HANDSET_TOLD,
    ),
    "sent_by_wechat": of(
        Text(
            "这条没有用短信，已于{sent}用微信服务通知发给您。",
            "This one did not go by SMS: WeChat brought it as a service notice at {sent}.",
        ),
        Text(
            "这条没有走短信，已于{sent}用微信服务通知发出；没走短信的原因见依据。",
            "It did not go by SMS but as a WeChat service notice at {sent}; the evidence says why.",
        ),
        member_then=Text(
            "请在微信聊天列表里打开“服务通知”查看。",
            "Open “Service Notifications” (服务通知) in your WeChat chats.",
        ),
        staff_then=Text(
            "请会员在微信聊天列表里打开“服务通知”查看。",
            "Have the member open “Service Notifications” (服务通知) in WeChat.",
        ),
    ),
    "sent_by_email": of(
        Text(
            "这条没有用短信，已于{sent}发到您的邮箱 {to}。",
            "This one did not go by SMS: it was e-mailed to {to} at {sent}.",
        ),
        Text(
            "这条没有走短信，已于{sent}发到邮箱 {to}；没走短信的原因见依据。",
            "It did not go by SMS but by e-mail to {to} at {sent}; the evidence says why.",
        ),
        member_then=Text(
            "请看收件箱和垃圾邮件。",
            "Look into your inbox and your spam folder.",
        ),
        staff_then=Text("请会员看收件箱和垃圾邮件。", "Have the member look into inbox and spam."),
    ),
    "phone_changed": of(
        Text(
            "短信于{sent}发往您当时的号码 {to}，您现在绑定的是 {now_to}。",
            "The SMS went at {sent} to the number you had then, {to}; yours is {now_to} now.",
        ),
        Text(
            "短信于{sent}发往会员当时的号码 {to}，会员现在的号码是 {now_to}。",
            "The SMS went at {sent} to the number the member had then, {to}; it is {now_to} now.",
        ),
        member_then=Text(
            "以后的短信会发到新号码；这一条请看小程序“我的消息”。",
            "From now on messages go to the new number; read this one under “My messages” in the mini program.",
        ),
        staff_then=Text(
            "以后的短信会发到新号码；这一条请会员看小程序，或由有补发权限的同事补发到新号码。",
            "From now on messages go to the new number. This one is in the mini program, or somebody who may resend"
            " sends it to the new number.",
        ),
    ),
}
