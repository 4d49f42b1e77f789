"""WeChat as this deployment has set it up."""

from functools import cache

from chalicelib import config
from chalicelib.adapters import secrets
from chalicelib.adapters.upstream_tokens import TokenStore
from chalicelib.adapters.wechat.mini_program import WeChat
from chalicelib.kernel import clock

_TIMEOUT_S = 4


@cache
def wechat() -> WeChat | None:
    """One for each container; None where no mini program is set up, so that no real host is ever called by accident."""
    settings = config.settings()
    secret_param = settings.wechat_app_secret_param
    if not settings.wechat_app_id or not secret_param:
        return None
    return WeChat(
        settings.wechat_app_id,
        lambda: secrets.read(secret_param),
        settings.wechat_api_base,
        TokenStore(secrets.keyring, clock.now),
        _TIMEOUT_S,
    )
