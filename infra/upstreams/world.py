"""All that one running set of stand-ins knows: settings, clock, memory, faults, counts."""

from collections import Counter
from pathlib import Path
from typing import Any, Literal

import msgspec

from infra.upstreams.clock import Clock
from infra.upstreams.faults import FaultBook
from infra.upstreams.outbox import Outbox
from infra.upstreams.store import Store
from infra.upstreams.wechat_values import kind_of

SPEND_KEYS = ["thing1", "amount2", "amount3", "time4"]


class Settings(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What the operator would have set up at the providers. Secrets here open nothing real."""

    wechat_app_id: str = "wx000000000standin"
    wechat_secret: str = "standin-wechat-secret"  # noqa: S105
    # template id → keys: store, amount, balance, time
    wechat_templates: dict[str, list[str]] = msgspec.field(
        default_factory=lambda: {
            **dict.fromkeys(("tmpl-spend", "tmpl-top-up", "tmpl-refund"), SPEND_KEYS),
            "tmpl-outage": ["thing1", "time2", "thing3"],
        }
    )
    # pages of the live version; none named: any path under pages/
    wechat_pages: list[str] = []
    # where it pushes to; nowhere while this is empty
    wechat_push_url: str = ""
    wechat_push_token: str = "standin-push-token"  # noqa: S105
    wechat_push_aes_key: str = "c3RhbmRpbi1hZXMta2V5LW9mLXRoaXJ0eS10d28tYnk"  # of 32 bytes
    wechat_push_safe: bool = True
    wechat_push_form: Literal["json", "xml"] = "json"
    # how often each sent event is pushed, and when first
    wechat_sent_events: int = 1
    wechat_sent_event_delay_s: float = 0.2
    sms_secret_id: str = "standin-id"  # noqa: S105
    sms_secret_key: str = "standin-key"  # noqa: S105
    sms_app_id: str = "1400000001"
    sms_sign_names: list[str] = msgspec.field(default_factory=lambda: ["灯塔"])
    # template id → text with {1}, {2}, …
    sms_templates: dict[str, str] = msgspec.field(
        default_factory=lambda: {
            "2000001": "您在{1}消费{2}元，余额{3}元，时间{4}。",
            "2000002": "您在{1}充值{2}元，余额{3}元，时间{4}。",
            "2000003": "您在{1}退款{2}元，余额{3}元，时间{4}。",
            "2000004": "{1}自{2}起受到“{3}”影响，您的消费或通知可能延迟，敬请谅解。",
            "2000005": "{1}：{2}（{3}）。进展和退订请见我们的状态页。",
            "2000006": "验证码{1}，用于订阅或退订故障和维护通知，10分钟内有效。不是您本人操作请忽略。",
        }
    )
    sms_param_max_chars: int = 12
    sms_same_content_limit_s: float = 30
    sms_report_delay_s: float = 0.2
    # the real one gives it back in reports only when its support has switched that on
    sms_session_context_in_reports: bool = False
    # where each of them pushes receipts to, by the provider's name, and how many in one call
    sms_push_urls: dict[str, str] = {}
    sms_push_batch: int = 100
    sms_callback_secret: str = "standin-sms-callback"  # noqa: S105
    aliyun_key_id: str = "standin-aliyun-id"
    aliyun_key_secret: str = "standin-aliyun-secret"  # noqa: S105
    aliyun_sign_names: list[str] = msgspec.field(default_factory=lambda: ["灯塔"])
    # template code → text with ${name}
    aliyun_templates: dict[str, str] = msgspec.field(
        default_factory=lambda: {
            "SMS_3000001": "您在${store}消费${amount}元，余额${balance}元，时间${time}。",
            "SMS_3000002": "您在${store}充值${amount}元，余额${balance}元，时间${time}。",
            "SMS_3000003": "您在${store}退款${amount}元，余额${balance}元，时间${time}。",
            "SMS_3000004": "${store}自${time}起受到“${what}”影响，您的消费或通知可能延迟，敬请谅解。",
            "SMS_3000005": "${kind}：${what}（${time}）。进展和退订请见我们的状态页。",
            "SMS_3000006": "验证码${code}，用于订阅或退订故障和维护通知，10分钟内有效。不是您本人操作请忽略。",
        }
    )
    aliyun_param_max_chars: int = 35
    # of one sign name and template to one number; the day's is theirs, the minute's what an account may set
    aliyun_minute_permits: int = 10
    aliyun_day_permits: int = 50

    # key of a group's bot → the group
    wecom_groups: dict[str, str] = msgspec.field(
        default_factory=lambda: {"standin-wecom-key": "值班群"}
    )

    def __post_init__(self) -> None:
        """Refuse template keys whose kind has no rule."""
        for keys in self.wechat_templates.values():
            for key in keys:
                kind_of(key)


class World:
    """Changed settings are kept with the rest; those given at the start win over them."""

    def __init__(
        self,
        state_dir: Path | None = None,
        given: dict[str, Any] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.store = Store(state_dir / "upstreams.sqlite" if state_dir else None)
        self.clock = clock or Clock()
        self.outbox = Outbox(self.store, self.clock)
        self.faults = FaultBook()
        self.calls: Counter[str] = Counter()
        self._given = given or {}
        changed = self.store.get("settings", "changed") or {}
        self.settings = msgspec.convert({**changed, **self._given}, Settings)

    def change_settings(self, changes: dict[str, Any]) -> None:
        now = {**msgspec.to_builtins(self.settings), **changes}
        self.settings = msgspec.convert(now, Settings)
        kept = self.store.get("settings", "changed") or {}
        self.store.put("settings", "changed", {**kept, **changes})

    def reset(self) -> None:
        self.store.forget_all()
        self.faults.clear()
        self.calls.clear()
        self.clock.reset()
        self.settings = msgspec.convert(self._given, Settings)
