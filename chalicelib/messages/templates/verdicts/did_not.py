"""Where the message was not sent, or did not arrive."""

from collections.abc import Mapping

from chalicelib.kernel.errors import Text
from chalicelib.messages.model.diagnosis import Code
from chalicelib.messages.templates.verdicts.words import TELL_OFFICE, Verdicts, of

_ASK_PHONE = Text(
    "请在小程序里核对手机号，或换一个能收短信的号码绑定。",
    "Check your phone number in the mini program, or bind one that can receive SMS.",
)
_ASK_PHONE_TOLD = Text(
    "请会员核对手机号，有错就在小程序里重新绑定；不要对这个号码补发。",
    "Have the member check the number and bind the right one in the mini program; do not resend to this one.",
)
_CARRIER_HELP = Text(
    "请联系您的运营商客服（移动 10086、联通 10010、电信 10000）；内容在小程序“我的消息”里。",
    "Ask your carrier (10086, 10010 or 10000). The message is under “My messages” in the mini program.",
)
DID_NOT: Mapping[Code, Verdicts] = {
    "no_consent": of(
        Text(
            "您没有同意接收消费短信，所以没有发短信。",
            "You have not agreed to SMS, so none was sent.",
        ),
        Text(
            "会员没有同意（或已取消）接收短信，所以没有发。",
            "The member has not agreed to SMS, or has withdrawn it, so none was sent.",
        ),
        member_then=Text(
            "想收短信，请在小程序“消息设置”里打开；这一条在“我的消息”里。",
            "To get them, switch SMS on in the mini program's message settings. This one is under “My messages”.",
        ),
        staff_then=Text(
            "会员愿意的话，请其在小程序“消息设置”里打开短信；不要代为打开。",
            "If the member wishes, they switch it on in the mini program themselves.",
        ),
    ),
    "not_shown_by_wechat": of(
        Text(
            "微信收下了这条通知，但没有送达，多半是订阅消息被关闭了。",
            "WeChat took the notice and did not show it; mostly the notices were switched off.",
        ),
        Text(
            "微信收下后回报没有送达（代码见依据），多半是会员关闭了订阅消息。",
            "WeChat took it and reported that it was not shown (see the code); mostly the member switched notices off.",
        ),
        member_then=Text(
            "请在微信里打开本小程序的订阅消息，或绑定手机号收短信；这一条在“我的消息”里。",
            "Switch this mini program's notices on in WeChat, or bind a phone. This one is under “My messages”.",
        ),
        staff_then=Text(
            "请会员在微信里打开本小程序的订阅消息，或绑定手机号。",
            "Have the member switch this mini program's notices on in WeChat, or bind a phone.",
        ),
    ),
    "no_address": of(
        Text(
            "您没有绑定手机号，短信无处可发。",
            "No phone is bound to your account, so there was nowhere to send it.",
        ),
        Text(
            "会员没有绑定手机号，也没有可用的微信通知或邮箱。",
            "The member has no phone, and no other channel is usable.",
        ),
        member_then=Text("请在小程序里绑定手机号。", "Bind your phone in the mini program."),
        staff_then=Text(
            "请会员在小程序里绑定手机号。",
            "Have the member bind a phone in the mini program.",
        ),
    ),
    "no_wechat_quota": of(
        Text(
            "微信通知的授权次数用完了，微信不允许再发。",
            "The WeChat notices that you allowed are used up, so WeChat let none through.",
        ),
        Text(
            "会员没有可用的短信渠道，微信订阅授权次数也已用完或被取消。",
            "SMS was not usable for this member, and the WeChat notices that they allowed are used up or withdrawn.",
        ),
        member_then=Text(
            "下次结账后在小程序里点“允许通知”，或绑定手机号收短信。",
            "Tap “allow” in the mini program at your next visit, or bind a phone for SMS.",
        ),
        staff_then=Text(
            "请会员在小程序里再点一次“允许通知”，或绑定手机号。",
            "Have the member tap “allow” in the mini program again, or bind a phone.",
        ),
    ),
    "not_offered": of(
        Text(
            "这类消息只在小程序里，不发短信。",
            "Messages of this kind come in the mini program only.",
        ),
        Text(
            "本连锁没有为这类消息开通短信（规则或模板没有设置）。",
            "The chain does not send messages of this kind by SMS (its rules or templates say so).",
        ),
        staff_then=Text(
            "请会员看小程序“我的消息”；要开通请联系总部运营。",
            "The member finds it in the mini program. Head office can set SMS up for this kind.",
        ),
    ),
    "member_gone": of(
        Text(
            "没有找到您的会员资料，所以没有发出。",
            "Your account could not be found, so nothing was sent.",
        ),
        Text(
            "这位会员的资料已不存在，所以没有发出。",
            "This member's profile does not exist any more, so nothing was sent.",
        ),
        member_then=Text(
            "请重新登录小程序，或联系门店。",
            "Log in to the mini program again, or ask a store.",
        ),
        staff_then=Text("请按手机号重新查会员。", "Look the member up by phone again."),
    ),
    "number_empty": of(
        Text(
            "运营商说 {to} 是空号，短信没有送到。",
            "The carrier says that {to} is not in service: it did not arrive.",
        ),
        Text("运营商回报 {to} 是空号。", "The carrier says that {to} is not in service."),
        member_then=_ASK_PHONE,
        staff_then=_ASK_PHONE_TOLD,
    ),
    "number_suspended": of(
        Text(
            "运营商说 {to} 已停机，短信没有送到。",
            "The carrier says that {to} is suspended: it did not arrive.",
        ),
        Text(
            "运营商回报 {to} 停机（多为欠费）。",
            "The carrier says that {to} is suspended, mostly for unpaid bills.",
        ),
        member_then=Text(
            "请恢复通话后再用这个号码，或绑定另一个；这一条在小程序“我的消息”里。",
            "Have the line restored or bind another number. This one is under “My messages” in the mini program.",
        ),
        staff_then=Text(
            "请会员恢复通话或换绑号码；恢复后可由有补发权限的同事补发。",
            "The member restores the line or binds another number; after that somebody who may resend can do so.",
        ),
    ),
    "phone_off": of(
        Text(
            "{to} 当时关机或没有信号，短信没有送到。",
            "{to} was off or out of reach, so the SMS did not arrive.",
        ),
        Text(
            "运营商回报 {to} 关机或不在服务区，过期未送达。",
            "The carrier says that {to} was off or out of reach until it gave up.",
        ),
        staff_then=Text(
            "请会员看小程序；开机后可由有补发权限的同事补发。",
            "It is in the mini program; once the phone is on, somebody who may resend can do so.",
        ),
    ),
    "blacklisted": of(
        Text(
            "{to} 在运营商或短信平台的退订名单里，多半是回复过“T”“TD”退订。",
            "{to} is on the carrier's or the provider's opt-out list; mostly somebody replied “T” or “TD” once.",
        ),
        Text(
            "{to} 在退订/黑名单里（回复过 T/TD，或投诉过），换服务商也不发。",
            "{to} is on an opt-out or black list (somebody replied T or TD, or complained); no other provider is used.",
        ),
        member_then=_CARRIER_HELP,
        staff_then=Text(
            "不能补发。请会员联系运营商或短信平台客服解除，平时看小程序。",
            "It cannot be resent. The member asks the carrier to lift it, and reads the mini program meanwhile.",
        ),
    ),
    "keyword_blocked": of(
        Text(
            "短信内容被运营商拦下了，是我们要处理的问题。",
            "The carrier stopped the text; that is for us to mend.",
        ),
        Text("运营商按关键词拦截了短信内容。", "The carrier stopped the text for a word in it."),
        staff_then=TELL_OFFICE,
    ),
    "spam_blocked": of(
        Text(
            "运营商的防骚扰功能拦下了这条短信。",
            "The carrier's protection against spam stopped this SMS.",
        ),
        Text(
            "运营商按垃圾短信拦截（多为防骚扰设置）。",
            "The carrier stopped it as spam, mostly by a setting of the member's.",
        ),
        member_then=_CARRIER_HELP,
        staff_then=Text(
            "请会员关掉运营商的防骚扰，或看小程序；多位会员同时这样请报总部。",
            "The member switches the carrier's protection off, or reads the mini program. If many report it, tell head"
            " office.",
        ),
    ),
    "sign_name_unregistered": of(
        Text(
            "我们的短信签名没有通过运营商，是我们要处理的问题。",
            "The carrier does not know our sender name; that is for us to mend.",
        ),
        Text(
            "短信签名没有在运营商报备（实名制），被拒收。",
            "The sender name is not registered with the carrier, which refuses it.",
        ),
        staff_then=TELL_OFFICE,
    ),
    "carrier_busy": of(
        Text("运营商当时限流，没有收下这条短信。", "The carrier took no more messages just then."),
        Text(
            "运营商限流，没有收下这条短信。",
            "The carrier limited the flow and did not take this SMS.",
        ),
        staff_then=Text(
            "可由有补发权限的同事补发；经常出现请报总部。",
            "Somebody who may resend can do so; if it happens often, tell head office.",
        ),
    ),
    "carrier_refused": of(
        Text("运营商没有送达这条短信。", "The carrier did not deliver this SMS."),
        Text(
            "没有送达，原因代码见依据，没有对应的常见原因。",
            "It was not delivered; the code in the evidence is none of the known ones.",
        ),
        member_then=_CARRIER_HELP,
        staff_then=TELL_OFFICE,
    ),
    "number_refused": of(
        Text("{to} 不能接收这条消息，请核对是否有误。", "{to} cannot receive it: please check it."),
        Text(
            "服务商说 {to} 不是可发送的号码或地址。",
            "The provider says that {to} cannot be written to.",
        ),
        member_then=_ASK_PHONE,
        staff_then=_ASK_PHONE_TOLD,
    ),
    "content_refused": of(
        Text(
            "短信内容没有通过服务商审核，是我们要处理的问题。",
            "The provider refused the text; that is for us to mend.",
        ),
        Text(
            "服务商按内容拒绝（敏感词），换一家也不发。",
            "The provider refused the text for its words; no other provider is used.",
        ),
        staff_then=TELL_OFFICE,
    ),
    "template_refused": of(
        Text(
            "短信模板有问题，没有发出，是我们要处理的。",
            "Our template was refused, so it was not sent; that is for us to mend.",
        ),
        Text(
            "服务商拒绝了模板、签名或其中的变量。",
            "The provider refused the template, the sender name or a value in it.",
        ),
        staff_then=TELL_OFFICE,
    ),
    "provider_account": of(
        Text(
            "我们的短信账户出了问题，没有发出，是我们要处理的。{again}",
            "Our account at the provider failed, so it was not sent; that is for us to mend.{again}",
        ),
        Text(
            "我们在服务商的账户有问题（欠费、停用、密钥或来源地址），没有发出。{again}",
            "Our account at the provider failed (money, suspension, keys, source address), so it was not sent.{again}",
        ),
        staff_then=TELL_OFFICE,
    ),
}
