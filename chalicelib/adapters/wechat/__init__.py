"""WeChat's mini program API, through wechatpy, which is not imported before the first call."""

from chalicelib.adapters.wechat.configured import wechat
from chalicelib.adapters.wechat.mini_program import Login, WeChat
from chalicelib.adapters.wechat.values import as_thing, check_values, fits

__all__ = ["Login", "WeChat", "as_thing", "check_values", "fits", "wechat"]
