"""What must be in no error and no log line, and whether it is."""

import traceback
from collections.abc import Iterator

from infra.upstreams.launch import Running

PHONE = "13800138000"
ADDRESS = "member@mail.example"
RELAY_PASSWORD = "relay-pass/word"


def leaked(text: str, upstreams: Running) -> list[str]:
    """The secrets, tokens, openids, phones and addresses of this test that are in the text."""
    world = upstreams.world
    settings = world.settings
    secrets = [settings.wechat_secret, settings.sms_secret_key, settings.aliyun_key_secret]
    held = [*secrets, RELAY_PASSWORD, *settings.wecom_groups]
    told = [key for space in ("openid", "login", "token") for key, _ in world.store.items(space)]
    return [secret for secret in (*held, *told, PHONE, ADDRESS) if secret in text]


def shown_by(error: BaseException) -> str:
    """Its text, its traceback, its fields, and the same of every error behind it."""
    return "\n".join(
        f"{one!s}\n{one!r}\n{vars(one)}\n{''.join(traceback.format_exception(one))}"
        for one in _with_those_behind(error)
    )


def _with_those_behind(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
