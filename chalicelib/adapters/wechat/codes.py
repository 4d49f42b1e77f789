"""WeChat's error codes and what each comes to here.

Sources: the error tables of code2Session, getPhoneNumber, getStableAccessToken and subscribeMessage.send in the mini
program's server API documents, and the global table 全局返回码; 40163 from the developers' community; 43107, 43108 and
45168 from the table of the same API in Tencent's mini program platform (tencentcloud.com/document/product/1219/67648).
"""

from chalicelib.adapters.upstream import RefusalClass, Refused, Unknown, UpstreamError

# another token may be believed: asked for once
TOKEN_REFUSED = frozenset({"40001", "40014", "42001"})
_BUSY = -1

_KINDS: dict[int, RefusalClass] = {
    40001: "account",  # token, or app secret where a token was asked for
    40003: "user",  # not an openid of this app
    40013: "account",  # app id
    40014: "account",  # token
    40029: "code",  # wrong or expired
    40037: "template",  # template id
    40038: "quota",  # a long-term template's daily allowance
    40125: "account",  # app secret
    40163: "code",  # used already
    40164: "origin",  # our address is not on the app's list
    40226: "user",  # high risk: log-in blocked
    40243: "account",  # app secret frozen
    41030: "template",  # page is not in the live version
    42001: "account",  # token expired
    43101: "quota",  # refused, unsubscribed or no consent left
    43107: "account",  # subscribe messages are banned for this app or template
    43108: "frequency",  # sent at the same moment
    45009: "frequency",  # a day's calls
    45011: "frequency",  # a minute's calls
    45168: "content",  # sensitive words
    47003: "template",  # a value does not fit
    48001: "account",  # this app may not call this API
    50002: "account",  # app restricted
    87014: "content",  # against the rules
}


def meaning(errcode: int) -> UpstreamError:
    """What an answered error code comes to; one that nobody has listed is a no of an unknown class.

    -1 is "system busy, try again": it does not say that nothing was taken. A code may be spent and a message may be on
    its way, so it is Unknown. Whether to try again in spite of that is the caller's to decide.
    """
    if errcode == _BUSY:
        return Unknown("wechat", str(errcode))
    return Refused("wechat", str(errcode), _KINDS.get(errcode, "other"))
