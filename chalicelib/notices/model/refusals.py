"""What somebody who subscribes is told when it cannot be."""

from chalicelib.kernel.errors import Conflict, Text


class ChannelNotOffered(Conflict):
    """Notices go other ways only."""

    code = "channel_not_offered"
    title = Text("暂不支持这种订阅方式", "Notices are not sent that way")
    hint = Text("可选方式见 channels。", "`channels` names the ways there are.")


class CodeWrong(Conflict):
    """It is not the one that was sent, or is so no more; also where none ever was."""

    code = "code_wrong"
    title = Text("验证码不对或已失效", "The code is wrong, or holds no more")
    hint = Text(
        "请核对短信里的六位数字；十分钟后或试错五次后请重新订阅。",
        "Check the six digits of the text message. After ten minutes, or five wrong tries, ask anew.",
    )
