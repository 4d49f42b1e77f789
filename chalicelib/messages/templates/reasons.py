"""Channels, providers and the reasons for what they did, in words."""

from collections.abc import Mapping

from chalicelib.kernel.errors import Text
from chalicelib.messages.model.message import ChannelName

CHANNELS: Mapping[ChannelName, Text] = {
    "sms": Text("短信", "SMS"),
    "wechat": Text("微信通知", "WeChat notice"),
    "email": Text("邮件", "e-mail"),
}
PROVIDERS: Mapping[str, Text] = {
    "tencent": Text("腾讯云", "Tencent Cloud"),
    "aliyun": Text("阿里云", "Aliyun"),
    "wechat": Text("微信", "WeChat"),
    "smtp": Text("邮件服务器", "the mail server"),
}
REFUSED_FOR: Mapping[str, Text] = {
    "number": Text("服务商拒绝，号码或地址不可用", "refused for the number or address"),
    "user": Text("微信拒绝，该微信用户不可用", "refused for the WeChat user"),
    "frequency": Text("服务商拒绝，发送太频繁", "refused as too frequent"),
    "quota": Text("微信拒绝，没有可用的订阅授权", "refused: the member allows no more notices"),
    "account": Text("服务商拒绝，我们的账户有问题", "refused for our account"),
    "origin": Text("服务商拒绝，来源地址不被允许", "refused for our source address"),
    "template": Text(
        "服务商拒绝，模板、签名或变量有问题", "refused for template, sender name or a value"
    ),
    "content": Text("服务商拒绝，内容没有通过审核", "refused for its words"),
    "other": Text("服务商拒绝", "refused"),
}
WHY_LEFT: Mapping[str, Text] = {
    "no_member": Text("会员资料不存在", "there is no such member any more"),
    "no_phone": Text("没有绑定手机号", "no phone is bound"),
    "no_openid": Text("没有绑定微信", "no WeChat account is bound"),
    "no_email": Text("没有留邮箱", "no mail address is known"),
    "no_consent": Text("会员没有同意", "the member has not agreed to it"),
    "no_quota": Text("没有可用的订阅授权", "the member allows no more notices"),
    "not_configured": Text("没有这类消息的模板", "there is no template for this kind"),
    "not_set_up": Text("没有开通", "it is not set up"),
    "not_in_rules": Text("发送规则没有这个渠道", "the chain's rules leave it out"),
    "undelivered": Text("运营商没有送达", "the carrier did not deliver it"),
    "outcome_unknown": Text(
        "可能已发出，不再重复发", "it may have been sent and is not sent twice"
    ),
    "not_taken": Text("服务商几次都没有收到", "the provider took it none of several times"),
    "unreachable": Text("服务商一直连不上", "the provider could not be reached"),
    "too_many_attempts": Text("尝试次数已用完", "it was tried as often as it may be"),
    "breaker_open": Text(
        "服务商故障，暂停使用", "the provider is failing and not used for a while"
    ),
    "quiet_hours": Text("免打扰时段", "it is quiet hours"),
    "phone_limit": Text("这个号码到了短信次数上限", "the limit of this phone is reached"),
    "member_limit": Text("这位会员到了消息次数上限", "the limit of this member is reached"),
    "store_limit": Text("门店短时间内发送过多", "the store's limit for a short time is reached"),
}
FAILS: Mapping[str, str] = {  # of a provider as a whole, to the staff's group
    "account": "拒绝了我们的账户",
    "origin": "不接受我们的来源地址",
    "other": "拒绝了消息，原因不明",
    "unreachable": "连不上",
    "unknown": "没有明确回应",
}
AT_ODDS = Text(
    "后到的回执与先前的不一致，以先到为准。", "A later report contradicts the first, which holds."
)
AFTER_ALL = Text(
    "服务商先前说没有收下，后来却有回执，以回执为准。",
    "The provider said that it had not taken it, and reported on it all the same: the report holds.",
)
WECHAT_SHOWED = Text("微信：已送达。", "WeChat: the member has it.")
WECHAT_DID_NOT = Text("微信：没有送达。", "WeChat: it was not shown.")
WORDS: Mapping[str, Text] = {
    "delivered": Text("运营商：已送达手机。", "The carrier: the phone has it."),
    "no_such_number": Text("运营商：空号。", "The carrier: no such number."),
    "suspended": Text("运营商：停机。", "The carrier: the line is suspended."),
    "off": Text("运营商：关机或不在服务区。", "The carrier: off or out of reach."),
    "expired": Text("运营商：长时间关机，过期未送达。", "The carrier: off until it gave up."),
    "blacklisted": Text("运营商或平台：在退订或黑名单里。", "The carrier: on an opt-out list."),
    "keyword": Text("运营商：内容含关键词，被拦截。", "The carrier: stopped for a word in it."),
    "spam": Text("运营商：按垃圾短信拦截。", "The carrier: stopped as spam."),
    "flow_control": Text("运营商：限流。", "The carrier: too many messages just then."),
    "sign_name": Text("运营商：短信签名没有报备。", "The carrier: unknown sender name."),
    "rejected": Text("运营商：拒收。", "The carrier: rejected."),
    "other": Text("运营商：未送达，原因不明。", "The carrier: not delivered, for no known reason."),
}
