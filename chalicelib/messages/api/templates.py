"""The templates, for the office: what is to be registered at each provider, and what would be sent."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import msgspec

from chalicelib import config
from chalicelib.access.edge import Routes
from chalicelib.adapters.http import At, Call, at
from chalicelib.kernel import clock
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.money import MOST_FEN
from chalicelib.kernel.words import ONE_LINE
from chalicelib.messages import rulebook, set_up
from chalicelib.messages.model.message import KINDS, Facts, Kind
from chalicelib.messages.templates.forms import FIELDS, FORMS, Form
from chalicelib.messages.templates.words import BODY, LETTERS_VERSION, SUBJECT

if TYPE_CHECKING:
    from chalicelib.messages.service.preview import Preview, Registered
    from chalicelib.messages.service.refusals import Refusal

    Refused = Mapping[tuple[str, str], Refusal]

routes = Routes(__name__)
Name = Annotated[str, msgspec.Meta(max_length=128, pattern=ONE_LINE)]
Amount = Annotated[int, msgspec.Meta(ge=0, le=MOST_FEN)]
Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
_EXAMPLE_STORE = "南京路店"
_EXAMPLE_OUTAGE = "收银缓慢"


class FieldView(msgspec.Struct):
    """`type` is `name` (any text), `money` or `moment`."""

    name: str
    type: str


class Words(msgspec.Struct):
    zh: str
    en: str


class RegisteredView(msgspec.Struct):
    """`text` is what to register there; WeChat has `keys` to choose instead. No `template_id`: it is not set up.

    `refused_at` is when the provider last refused this template within a month, `refused_code` its word for why, and
    `refused_version` which version of our words it was sent then.
    """

    channel: str
    provider: str
    template_id: str | None
    text: str | None
    keys: list[str]
    refused_at: At | None
    refused_code: str | None
    refused_version: int | None


class TemplateView(msgspec.Struct):
    """`subject` and `text` are those of e-mail and inbox, in `letter_version`. `version` is of what goes out over
    providers' templates; a kind without it goes out over none. Each attempt says which it was sent with.
    """

    kind: str
    subject: Words
    text: Words
    letter_version: int
    version: int | None
    fields: list[FieldView]
    registered: list[RegisteredView]


class TemplateList(msgspec.Struct):
    items: list[TemplateView]


class Example(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Values to preview with; what is left out is made up."""

    store_name: Name = _EXAMPLE_STORE
    amount_fen: Amount = 6800
    balance_after_fen: Amount = 13_150
    bonus_fen: Amount = 0
    points: Count = 0
    points_after: Count = 0
    coupons: Count = 1
    times: Count = 0
    title: Name | None = None


class ValueView(msgspec.Struct):
    key: str
    text: str
    fits: bool


class PreviewView(msgspec.Struct):
    """In the `version` that is in force. `text` is null where WeChat puts it together. `parts` are what an SMS is
    charged as; its price is the chain's.

    `would_be_taken` is false where a value does not fit, or an SMS is longer than 500 characters.
    """

    channel: str
    provider: str
    language: str
    template_id: str | None
    version: int
    subject: str | None
    text: str | None
    values: list[ValueView]
    chars: int | None
    parts: int | None
    price_milliyuan: int | None
    would_be_taken: bool


class PreviewList(msgspec.Struct):
    items: list[PreviewView]


@routes.declare("GET", "/v1/message-templates", needs="provider:read", answers={200: TemplateList})
def get_message_templates(_call: Call) -> TemplateList:
    """Every kind of message: its words, and for SMS and WeChat what to register at each provider."""
    from chalicelib.messages.service.refusals import refused_templates  # noqa: PLC0415 - seldom asked for

    registered, refused = _registered(), refused_templates()
    return TemplateList([_template_view(kind, registered, refused) for kind in KINDS])


@routes.declare(
    "POST",
    "/v1/message-templates/{kind}/preview",
    needs="provider:read",
    takes=Example,
    answers={200: PreviewList},
    raises=(NotFound,),
)
def post_message_template_preview(_call: Call, kind: str, body: Example) -> PreviewList:
    """What a message of this kind would be over each channel and provider; nothing is sent."""
    from chalicelib.messages.service.preview import preview  # noqa: PLC0415

    known = next((one for one in KINDS if one == kind), None)
    if known is None:
        raise NotFound
    shown = preview(_facts(known, body), _registered(), rulebook.of_the_minute())
    return PreviewList([_preview_view(one) for one in shown])


def _registered() -> "list[Registered]":
    """Each provider, also those that this deployment does not use: their text is to be registered first."""
    from chalicelib.messages.service.preview import Registered  # noqa: PLC0415

    settings = config.settings()
    tencent, aliyun = set_up.tencent_templates(), set_up.aliyun_templates()
    return [
        Registered("sms", "tencent", tencent, settings.tencent_sms_sign_name),
        Registered("sms", "aliyun", aliyun, settings.aliyun_sms_sign_name),
        Registered("wechat", "wechat", set_up.wechat_templates()),
    ]


def _facts(kind: Kind, body: Example) -> Facts:
    now = clock.now()
    values = msgspec.structs.asdict(body)
    if kind == "outage" and body.title is None:
        values["title"] = _EXAMPLE_OUTAGE
    return Facts(
        kind=kind,
        entry_id="",
        store_id="",
        order_name="",
        booked_at=now,
        ends_at=now + timedelta(days=30),
        **values,
    )


def _template_view(kind: Kind, registered: "list[Registered]", refused: "Refused") -> TemplateView:
    form = FORMS.get(kind)
    return TemplateView(
        kind=kind,
        subject=Words(*SUBJECT[kind]),
        text=Words(*BODY[kind]),
        letter_version=LETTERS_VERSION,
        version=form.version if form else None,
        fields=[FieldView(name, FIELDS[name].type) for name in form.fields] if form else [],
        registered=[_registered_view(kind, form, one, refused) for one in registered]
        if form
        else [],
    )


def _registered_view(
    kind: Kind, form: Form, one: "Registered", refused: "Refused"
) -> RegisteredView:
    texts = {"tencent": form.positional, "aliyun": form.named}
    template_id = one.ids.get(kind)
    last = refused.get((one.provider, template_id or ""))
    return RegisteredView(
        channel=one.channel,
        provider=one.provider,
        template_id=template_id,
        text=texts.get(one.provider),
        keys=form.wechat_keys if one.channel == "wechat" else [],
        refused_at=at(last.at) if last else None,
        refused_code=last.code if last else None,
        refused_version=last.version if last else None,
    )


def _preview_view(shown: "Preview") -> PreviewView:
    values = [ValueView(*value) for value in shown.values]
    rest = shown._asdict() | {"values": values}
    return PreviewView(**rest, would_be_taken=shown.would_be_taken)
