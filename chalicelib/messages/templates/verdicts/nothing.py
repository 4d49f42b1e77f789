"""Where nothing is there to be found."""

from collections.abc import Mapping

from chalicelib.kernel.errors import Text
from chalicelib.messages.model.diagnosis import Code
from chalicelib.messages.templates.verdicts.words import Verdicts, of

NOTHING_THERE: Mapping[Code, Verdicts] = {
    "no_such_member": of(
        Text("没有找到您的会员资料。", "We found no member account of yours."),
        Text(
            "没有会员用这个手机号。{near}",
            "No member has this phone.{near}",
        ),
        member_then=Text(
            "请重新登录小程序，或到门店用手机号查一下。",
            "Log in to the mini program again, or ask a store to look up your phone.",
        ),
        staff_then=Text(
            "请会员把号码念一遍再核对；换过号码的，用旧号码、会员码或卡号查；没注册过的，消费时没有短信。",
            "Have the member read the number aloud. If it was changed, look up the old one, the member code or card."
            " Who never registered gets no messages.",
        ),
    ),
    "other_phone": of(
        Text(
            "这笔消费记在另一个手机号 {now_to} 名下，短信发往那个号码。",
            "This spend belongs to the account with the phone {now_to}; the message goes to that number.",
        ),
        Text(
            "这笔消费的会员留的手机号是 {now_to}，与会员所说的不同，短信发往 {now_to}。",
            "The member of this spend has the phone {now_to}, not the one that was named; the message goes there.",
        ),
        member_then=Text(
            "如果不是您的号码，请带小票到消费的门店核对。",
            "If that is not yours, take the receipt to the store of the spend.",
        ),
        staff_then=Text(
            "先确认是不是用了别人的会员；会员换了号码，请其在小程序里重新绑定手机号。",
            "Check whether somebody else's membership was used. If the number was changed, the member binds the new"
            " one in the mini program.",
        ),
    ),
    "no_such_spend": of(
        Text(
            "您名下没有这笔消费。",
            "There is no such spend under your account.",
        ),
        Text(
            "没有找到这笔单。",
            "There is no such order.",
        ),
        member_then=Text(
            "它可能记在另一个手机号名下，或结账时没有报会员；请带小票到门店查。",
            "It may be on another phone's account, or the membership was not given at the till: take the receipt to"
            " the store.",
        ),
        staff_then=Text(
            "请核对小票上的单号和门店；结账时没有报会员的消费不发短信。",
            "Compare the order number and the store on the receipt. A sale without a member sends no message.",
        ),
    ),
    "other_store": of(
        Text("这笔消费在{store}。", "This spend was made at {store}."),
        Text(
            "本店没有这笔单，它在{store}。",
            "This store has no such order: it was made at {store}.",
        ),
        member_then=Text(
            "请在消息里查找{store}的消费。",
            "Look for {store} among your messages.",
        ),
        staff_then=Text(
            "请按{store}再查一次；那家门店的店长、客服或总部都能查。",
            "Ask again for {store}; its manager, support or head office can look it up.",
        ),
    ),
    "spend_not_here_yet": of(
        Text(
            "还没有收到门店那笔消费的记录，很可能是收银机断网，还没上传。",
            "The store has not handed in that spend yet; most likely its till was off line.",
        ),
        Text(
            "还没有收到这笔消费。本店有离线收银设备，收到的最后序号见依据；设备上的序号更大，就是还没上传。",
            "This spend has not come in. The store has tills that sell off line; see the last counter that came."
            " If the device shows a higher one, it has not handed it in.",
        ),
        member_then=Text(
            "门店联网上传后会自动发送。请保留小票。",
            "The message follows by itself once the till is on line. Keep the receipt.",
        ),
        staff_then=Text(
            "让那台收银机联网并上传日志（dengta-till replay），上传后短信会自动发出，不要重新收一笔。",
            "Bring that till on line and let it replay its journal (dengta-till replay). The message follows by"
            " itself; do not ring the sale up again.",
        ),
    ),
    "spend_held": of(
        Text(
            "这笔离线消费正等门店核实，还没有入账。",
            "This spend was made off line and waits for the store to check it; it is not booked yet.",
        ),
        Text(
            "这笔离线消费待人工处理：{reason}还没有入账，所以没有短信。",
            "This off-line sale waits for a person: {reason} It is not booked, so there is no message.",
        ),
        member_then=Text(
            "核实入账后会自动发送。着急请联系门店。",
            "The message follows once it is booked. Ask the store if it is urgent.",
        ),
        staff_then=Text(
            "请店长在待处理队列里处理；入账后短信自动发出。",
            "A manager settles it in the queue of held sales; the message follows by itself.",
        ),
    ),
    "spend_cancelled": of(
        Text(
            "这笔离线消费经门店核实后取消，没有入账。",
            "The store checked this off-line spend and cancelled it; nothing was booked.",
        ),
        Text(
            "这笔离线消费已由人工取消，没有入账，所以没有短信。",
            "A person cancelled this off-line sale; nothing was booked, so there is no message.",
        ),
        member_then=Text(
            "有疑问请带小票联系门店。", "If you doubt it, take the receipt to the store."
        ),
        staff_then=Text(
            "处理人和原因在“已处理”队列里。",
            "Who did it and why stands in the queue of settled sales.",
        ),
    ),
    "spend_refused": of(
        Text(
            "这笔消费没有成功：{reason}没有扣款。",
            "This spend did not go through: {reason} Nothing was taken.",
        ),
        Text(
            "这个单号当时被拒绝：{reason}没有入账，所以没有短信。",
            "This order was refused: {reason} Nothing was booked, so there is no message.",
        ),
        member_then=Text(
            "如果后来用其他方式付了款，请让门店按那一笔查。",
            "If you paid in another way afterwards, have the store look for that one.",
        ),
        staff_then=Text(
            "看会员后来是否用新单号付了款，按新单号查。",
            "See whether the member paid under a new order number, and ask for that one.",
        ),
    ),
    "nothing_then": of(
        Text("那段时间您名下没有消费记录。", "There is no booking of yours about that time."),
        Text(
            "这位会员在那段时间没有任何入账。",
            "Nothing was booked for this member about that time.",
        ),
        member_then=Text(
            "请核对时间；也可能结账时没有报会员，或记在另一个手机号名下，请带小票问门店。",
            "Check the time. Perhaps the membership was not given at the till, or another phone's was: ask the store"
            " with the receipt.",
        ),
        staff_then=Text(
            "请核对时间，或用小票单号再查；结账没报会员的消费不发短信。",
            "Check the time, or ask by the order number on the receipt. A sale without a member sends no message.",
        ),
    ),
    "nobody_is_told": of(
        Text("这类账户变动不发消息。", "This kind of booking sends no message."),
        Text(
            "这类账户变动（如合并会员）没有钱款进出，不发消息。",
            "This kind of booking, such as the joining of members, moves no money and sends no message.",
        ),
        member_then=Text("可在账户明细里查看。", "You can see it in your history."),
        staff_then=Text("可在会员的账户明细里查看。", "It is in the member's history."),
    ),
}
