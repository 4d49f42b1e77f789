"""Breakers as they were before anything was sent: what one test taught them is not the next one's."""

from chalicelib.kernel import clock
from chalicelib.kernel.stamp import system
from chalicelib.messages import breakers
from chalicelib.messages.model.breaker import closed
from chalicelib.messages.model.choice import Provider

PROVIDERS = (
    Provider("sms", "tencent"),
    Provider("sms", "aliyun"),
    Provider("wechat", "wechat"),
    Provider("email", "smtp"),
)


def close_all() -> None:
    for provider, breaker in breakers.read(PROVIDERS, consistent=True).breakers.items():
        if breaker.version:
            breakers.keep(provider, closed(breaker, clock.now()), system("test"))
