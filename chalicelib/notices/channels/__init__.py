"""The channels: a notice put into the words of each, and a first word to an address that is to confirm."""

from chalicelib.notices.channels.chats import Subscribe, WeCom
from chalicelib.notices.channels.posts import Mail, Webhook
from chalicelib.notices.channels.sms import Sms, SmsLine, SmsProvider
from chalicelib.notices.channels.telling import Channel, outcome_of, teller

__all__ = [
    "Channel",
    "Mail",
    "Sms",
    "SmsLine",
    "SmsProvider",
    "Subscribe",
    "WeCom",
    "Webhook",
    "outcome_of",
    "teller",
]
