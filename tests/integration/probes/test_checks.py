"""The real checks: against the stand-ins' faults and the database's."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from chalicelib import config
from chalicelib.adapters import canary, email, secrets, sms_aliyun, sms_tencent, wechat
from chalicelib.kernel import clock
from chalicelib.messages import staff
from chalicelib.messages.stream import deliver_batch
from chalicelib.probes import built, checks
from chalicelib.probes.service.asking import Undecided, measured
from chalicelib.probes.service.moving import Moving
from chalicelib.probes.service.watching import Watching
from infra.upstreams import launch
from infra.upstreams.faults import Fault
from infra.upstreams.launch import Running
from tests import standins
from tests.house import House, set_to
from tests.integration.outages.conftest import Operator
from tests.integration.probes.conftest import Round
from tests.simulation.database_faults import one_fault


@pytest.fixture
def upstreams(house: House) -> Iterator[Running]:
    assert house
    with launch.start() as running:
        settings = {
            **standins.sms(running),
            **standins.wechat(running),
            **standins.mail(running, "user:secret"),
        }
        with set_to(settings, forget):
            yield running


def forget() -> None:
    for cached in (
        config.settings, sms_tencent.tencent_sms, sms_aliyun.aliyun_sms, wechat.wechat,
        email.mailer,
    ):  # fmt: skip
        cached.cache_clear()
    built.forget()


@pytest.mark.parametrize(
    ("name", "fault", "trouble"),
    [
        ("wechat_token", {"endpoint": "wechat.stable_token", "kind": "errcode", "code": 40125}, "40125"),
        ("wechat_token", {"endpoint": "wechat.stable_token", "kind": "http_error", "status": 502}, "http_502"),
        (
            "sms_tencent",
            {
                "endpoint": "tencent.PullSmsSendStatusByPhoneNumber",
                "kind": "tencent_code",
                "code": "AuthFailure.SecretIdNotFound",
                "scope": "request",
            },
            "AuthFailure.SecretIdNotFound",
        ),
        (
            "sms_aliyun",
            {"endpoint": "aliyun.QuerySendDetails", "kind": "http_error", "status": 503},
            "http_503",
        ),
    ],
)  # fmt: skip
def test_a_provider_is_well_where_it_answers_about_nobody_and_bad_where_it_does_not(
    upstreams: Running, name: str, fault: dict[str, Any], trouble: str
) -> None:
    check = built.checks()[name]  # type: ignore[index] # a word of the table above
    before = measured(check, clock.now())
    assert before
    assert not before.trouble
    upstreams.world.faults.order(msgspec.convert({"times": 1, **fault}, Fault))
    found = measured(check, clock.now())
    assert found
    assert found.trouble == trouble
    after = measured(check, clock.now())
    assert after
    assert not after.trouble
    assert not upstreams.world.outbox.find()


def test_a_mail_relay_is_well_where_it_lets_us_in_and_gets_no_letter(upstreams: Running) -> None:
    found = measured(built.checks()["email"], clock.now())
    assert found
    assert (found.trouble, upstreams.world.outbox.find()) == ("", [])
    secrets.know({"/test/smtp": "smtp://user:secret@127.0.0.1:9"})
    away = measured(built.checks()["email"], clock.now())
    assert away
    assert away.trouble == "not_connected"


@pytest.mark.parametrize(
    ("missing", "name"),
    [
        ("SMTP_URL_PARAM", "email"),
        ("MAIL_FROM", "email"),
        ("WECHAT_APP_ID", "wechat_token"),
        ("WECHAT_APP_SECRET_PARAM", "wechat_token"),
        ("TENCENT_SMS_APP_ID", "sms_tencent"),
        ("TENCENT_SMS_SECRET_ID_PARAM", "sms_tencent"),
        ("TENCENT_SMS_SECRET_KEY_PARAM", "sms_tencent"),
        ("ALIYUN_SMS_ACCESS_KEY_ID_PARAM", "sms_aliyun"),
        ("ALIYUN_SMS_ACCESS_KEY_SECRET_PARAM", "sms_aliyun"),
    ],
)
def test_what_is_not_set_up_is_neither_asked_nor_listed_as_waiting(
    upstreams: Running, missing: str, name: str
) -> None:
    assert upstreams
    assert name in built.set_up()
    with set_to({missing: ""}, forget):
        assert name not in built.set_up()
        assert built.set_up() == list(built.checks())


def test_each_address_of_the_api_is_asked_and_more_than_there_are_probes_for_are_refused(
    house: House,
) -> None:
    assert house
    addresses = [f"https://{n}.example/api" for n in range(4)]
    with set_to({"PROBE_ENDPOINTS": ", ".join(addresses[:3])}, forget):
        assert built.set_up()[-3:] == ["api_1", "api_2", "api_3"]
    with (
        set_to({"PROBE_ENDPOINTS": ", ".join(addresses)}, forget),
        pytest.raises(config.BadSettingError, match="PROBE_ENDPOINTS"),
    ):
        config.settings()


def test_a_provider_that_stays_away_moves_its_component_and_staff_hear_of_it(
    upstreams: Running, operator: Operator, rounds: Round
) -> None:
    part = operator.component("腾讯云短信", part="sms:tencent")
    away = {"endpoint": "tencent.*", "kind": "http_error", "status": 502, "times": "always"}
    upstreams.world.faults.order(msgspec.convert(away, Fault))
    for _ in range(3):
        rounds.now += timedelta(minutes=5)
        Watching(built.checks(), Moving(rounds.desk, staff.note), lambda: rounds.now).run()
    assert rounds.baseline(part) == "partial_outage"
    (draft,) = rounds.incidents("draft")
    assert draft["name"]["zh"] == "短信可能延迟"
    assert {each.key for each in staff.noted("probe:")} == {
        "probe:sms:tencent:began",
        "probe:sms:tencent:incident",
    }
    (found,) = [
        each
        for each in operator.client.get("/v1/probes").json["items"]
        if each["standing"] == "bad"
    ]
    assert (found["probe"], found["results"][0]["trouble"]) == ("sms_tencent", "http_502")


def test_a_database_that_does_not_take_writes_or_answer_reads_is_bad(house: House) -> None:
    assert house
    for check in (checks.writes(), checks.reads()):
        assert not measured(check, clock.now()).trouble  # type: ignore[union-attr]
        with one_fault(0, "no line"):
            assert measured(check, clock.now()).trouble == "TryAgain"  # type: ignore[union-attr]


def test_the_reader_of_messages_marks_the_canary_that_the_round_wrote(house: House) -> None:
    assert house
    now = clock.now() + timedelta(days=1)  # after those of the other tests
    for each in canary.newest():
        canary.mark(_image(each.written_at), each.written_at)
    canary.write(now)
    assert checks.lag(now + timedelta(seconds=90)) == 90
    at = clock.text(now)
    image = {
        "pk": {"S": canary.PARTITION},
        "sk": {"S": canary.PREFIX + at},
        "written_at": {"S": at},
    }
    record = {
        "eventName": "INSERT",
        "eventID": "1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1.0,
            "SequenceNumber": "1",
            "Keys": {key: image[key] for key in ("pk", "sk")},
            "NewImage": image,
        },
    }
    event = {"Records": [record]}
    assert deliver_batch(event, never, never, lambda: True) == {"batchItemFailures": []}
    assert canary.newest()[0].seen_at is not None
    with pytest.raises(Undecided):
        checks.lag(now + timedelta(minutes=11))


def _image(written_at: datetime) -> dict[str, dict[str, str]]:
    at = clock.text(written_at)
    return {"pk": {"S": canary.PARTITION}, "sk": {"S": canary.PREFIX + at}, "written_at": {"S": at}}


def never(_: object) -> None:
    raise AssertionError
