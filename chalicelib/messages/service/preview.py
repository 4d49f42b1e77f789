"""What would be sent: a kind of message in the form of each channel, provider and language, its values checked."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from chalicelib.adapters import sms_values
from chalicelib.messages import templates
from chalicelib.messages.model.message import ChannelName, Facts, Kind
from chalicelib.messages.model.rules import MessageRules
from chalicelib.messages.templates.forms import FORMS
from chalicelib.messages.templates.words import LETTERS_VERSION


class Registered(NamedTuple):
    """A template as this deployment has it at a provider; without an id it is not set up there."""

    channel: ChannelName
    provider: str
    ids: Mapping[Kind, str]
    sign_name: str = ""


class Value(NamedTuple):
    """`fits` as the provider would judge it."""

    key: str
    text: str
    fits: bool


class Preview(NamedTuple):
    """`text` is what is read; a subscribe message, which WeChat writes, has none. `chars` and `parts` are an SMS's."""

    channel: ChannelName
    provider: str
    language: str
    template_id: str | None
    version: int
    subject: str | None = None
    text: str | None = None
    values: tuple[Value, ...] = ()
    chars: int | None = None
    parts: int | None = None
    price_milliyuan: int | None = None

    @property
    def would_be_taken(self) -> bool:
        too_long = self.chars is not None and self.chars > sms_values.LONGEST_TEXT
        return all(value.fits for value in self.values) and not too_long


def preview(facts: Facts, registered: list[Registered], rules: MessageRules) -> Iterator[Preview]:
    """SMS and subscribe messages are in Chinese; a letter, which the inbox shows as well, is in both languages."""
    for one in registered:
        if facts.kind not in FORMS:
            continue
        yield _sms(facts, one, rules) if one.channel == "sms" else _subscribe(facts, one)
    for language in ("zh", "en"):
        letter = templates.letter(facts, english=language == "en")
        yield Preview("email", "smtp", language, None, LETTERS_VERSION, letter.subject, letter.text)


def _sms(facts: Facts, one: Registered, rules: MessageRules) -> Preview:
    form = FORMS[facts.kind]
    params = templates.sms_params(facts, one.provider)
    wrong = sms_values.unfit(params, sms_values.most_chars_of(one.provider))
    text = templates.sms_text(facts, one.provider, one.sign_name)
    parts = sms_values.parts(text)
    each = rules.part_milliyuan(one.provider)
    return Preview(
        one.channel,
        one.provider,
        "zh",
        one.ids.get(facts.kind),
        form.version,
        text=text,
        values=tuple(
            Value(name, value, place not in wrong)
            for place, (name, value) in enumerate(zip(form.fields, params, strict=True), start=1)
        ),
        chars=sms_values.length(text),
        parts=parts,
        price_milliyuan=None if each is None else each * parts,
    )


def _subscribe(facts: Facts, one: Registered) -> Preview:
    from chalicelib.adapters.wechat import fits  # noqa: PLC0415 - as in `templates`

    values = templates.wechat_values(facts).items()
    judged = tuple(Value(key, text, fits(key.rstrip("0123456789"), text)) for key, text in values)
    template_id, version = one.ids.get(facts.kind), FORMS[facts.kind].version
    return Preview(one.channel, one.provider, "zh", template_id, version, values=judged)
