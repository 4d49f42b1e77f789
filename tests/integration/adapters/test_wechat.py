"""WeChat through wechatpy, against the stand-in: what it costs, what is doubtful, what leaks."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from chalicelib.adapters.keyring import Keyring
from chalicelib.adapters.upstream import Refused, Unknown, Unreachable, UpstreamError
from chalicelib.adapters.upstream_tokens import TokenStore
from chalicelib.adapters.wechat import WeChat
from chalicelib.kernel import clock
from infra.upstreams import wechat as stand_in
from infra.upstreams.launch import Running
from tests.house import settled
from tests.integration.adapters.conftest import Break, Watch
from tests.integration.adapters.leaks import PHONE, leaked, shown_by

VALUES = {"thing1": "人民路店", "amount2": "12.50元", "amount3": "87.50元", "time4": "15:01"}
LOGIN_CODE = "demo-member-1"
KEYRING = Keyring({"v1": bytes(32)}, "v1")
Container = Callable[[], WeChat]


@pytest.fixture(scope="module", autouse=True)
def _over_tables(dynamodb_local: str, tables: dict[str, str]) -> object:
    with settled(dynamodb_local, tables):
        yield


@pytest.fixture
def app_id() -> str:
    """One for each test, so that the tests share no token."""
    return f"wx{next(_numbers):016d}"


_numbers = itertools.count(1)


@pytest.fixture
def container(upstreams: Running, app_id: str) -> Container:
    """Another container of the same function: what it shares with the first is only the table."""
    upstreams.world.change_settings({"wechat_app_id": app_id})
    secret = upstreams.world.settings.wechat_secret
    return lambda: WeChat(
        app_id, lambda: secret, upstreams.url, TokenStore(lambda: KEYRING, clock.now), 0.5
    )


@pytest.fixture
def wechat(container: Container) -> WeChat:
    return container()


@pytest.fixture
def openid(upstreams: Running) -> str:
    """A member who accepted one message."""
    who = stand_in.demo_openid("demo-member")
    stand_in.meet(upstreams.world, who)
    upstreams.world.store.put("quota", f"{who} tmpl-spend", 1)
    return who


def send(wechat: WeChat, openid: str) -> str | None:
    return wechat.send_subscribe(openid, "tmpl-spend", VALUES, "pages/spends/index")


def sent_to(upstreams: Running, openid: str) -> int:
    return len(upstreams.world.outbox.find("wechat", openid))


def test_a_log_in_is_one_request_and_no_token(upstreams: Running, wechat: WeChat) -> None:
    login = wechat.open_id(LOGIN_CODE)
    assert (login.openid, login.unionid) == (stand_in.demo_openid("demo-member"), None)
    assert upstreams.world.calls == {"wechat.jscode2session": 1}


def test_a_unionid_comes_along_where_there_is_one(upstreams: Running, wechat: WeChat) -> None:
    content = {"openid": "oMember", "unionid": "uMember"}
    stand_in.register_code(upstreams.world, "login", "code-1", content)
    assert wechat.open_id("code-1").unionid == "uMember"


def test_a_spent_or_wrong_code_is_refused_as_a_code(wechat: WeChat) -> None:
    wechat.open_id(LOGIN_CODE)
    for code, errcode in ((LOGIN_CODE, "40163"), ("nonsense", "40029")):
        with pytest.raises(Refused) as refused:
            wechat.open_id(code)
        assert (refused.value.kind, refused.value.code) == ("code", errcode)


def test_the_phone_comes_with_a_token_that_is_fetched_once(
    upstreams: Running, wechat: WeChat, openid: str
) -> None:
    assert [wechat.phone_number(f"phone-{PHONE}-{n}", openid) for n in "12"] == [PHONE] * 2
    assert upstreams.world.calls["wechat.stable_token"] == 1
    assert upstreams.world.calls["wechat.token"] == 0


def test_a_phone_code_of_another_member_is_refused(
    upstreams: Running, wechat: WeChat, openid: str
) -> None:
    stand_in.register_code(
        upstreams.world, "phone", "code-1", {"phone": PHONE, "openid": "oAnother"}
    )
    with pytest.raises(Refused) as refused:
        wechat.phone_number("code-1", openid)
    assert refused.value.kind == "code"


def test_a_message_takes_one_consent_and_says_its_id_exactly(
    upstreams: Running, wechat: WeChat, openid: str
) -> None:
    msgid = send(wechat, openid)
    (kept,) = upstreams.world.outbox.find("wechat", openid)
    assert (kept["id"], kept["values"], kept["lang"]) == (msgid, VALUES, "zh_CN")
    with pytest.raises(Refused) as refused:
        send(wechat, openid)
    assert refused.value.kind == "quota"


def test_a_value_that_cannot_stand_costs_no_request(
    upstreams: Running, wechat: WeChat, openid: str
) -> None:
    with pytest.raises(Refused) as refused:
        wechat.send_subscribe(openid, "tmpl-spend", {**VALUES, "thing1": "店" * 21}, None)
    assert (refused.value.kind, refused.value.code) == ("template", "unfit:thing1")
    assert not upstreams.world.calls


def test_two_containers_share_a_token(
    upstreams: Running, container: Container, openid: str
) -> None:
    for n, one in enumerate([container(), container(), container()]):
        one.phone_number(f"phone-{PHONE}-{n}", openid)
    assert upstreams.world.calls["wechat.stable_token"] == 1


def test_a_token_that_ended_is_replaced_and_the_call_goes_through(
    upstreams: Running, wechat: WeChat, openid: str, broken: Break
) -> None:
    wechat.phone_number(f"phone-{PHONE}-1", openid)
    upstreams.world.clock.offset_s = 7000  # five minutes and less: WeChat hands out the next one
    broken("wechat.getuserphonenumber", "token_expired", code=42001)
    assert wechat.phone_number(f"phone-{PHONE}-2", openid) == PHONE
    assert upstreams.world.calls["wechat.stable_token"] == 2


def test_a_token_that_another_container_replaced_is_taken_from_the_table(
    upstreams: Running, container: Container, openid: str
) -> None:
    first, second = container(), container()
    first.phone_number(f"phone-{PHONE}-1", openid)
    second.phone_number(f"phone-{PHONE}-2", openid)
    upstreams.world.clock.offset_s = 7201
    first.phone_number(f"phone-{PHONE}-3", openid)
    second.phone_number(f"phone-{PHONE}-4", openid)
    assert upstreams.world.calls["wechat.stable_token"] == 2


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
def test_a_token_refused_for_ever_is_two_requests_and_an_alarm(
    *,
    upstreams: Running,
    wechat: WeChat,
    openid: str,
    broken: Break,
    logged: Watch,
    errcode: int,
) -> None:
    broken("wechat.subscribe_send", "errcode", code=errcode, times="always")
    with pytest.raises(Refused) as refused:
        send(wechat, openid)
    assert (refused.value.kind, refused.value.code) == ("account", str(errcode))
    assert upstreams.world.calls == {"wechat.subscribe_send": 2, "wechat.stable_token": 2}
    assert [line for line in logged.lines if "same one again" in line and "ERROR" in line]


HANGS: dict[str, object] = {"kind": "accept_then_hang", "seconds": 5}
DOUBTFUL = [
    HANGS,
    {"kind": "accept_then_hang", "seconds": 0},
    {"kind": "http_error", "status": 502, "taken": True},
    {"kind": "non_json", "taken": True},
    {"kind": "errcode", "code": -1, "taken": True},
]
CALLS: dict[str, Callable[[WeChat, str], object]] = {
    "jscode2session": lambda wechat, _: wechat.open_id(LOGIN_CODE),
    "getuserphonenumber": lambda wechat, who: wechat.phone_number(f"phone-{PHONE}-1", who),
    "subscribe_send": send,
}


@pytest.mark.parametrize("fault", DOUBTFUL, ids=lambda fault: f"{fault['kind']}")
@pytest.mark.parametrize("endpoint", CALLS)
def test_what_may_have_been_taken_is_unknown_and_asked_once(
    *,
    upstreams: Running,
    wechat: WeChat,
    openid: str,
    broken: Break,
    endpoint: str,
    fault: dict[str, object],
) -> None:
    broken(f"wechat.{endpoint}", **fault)
    with pytest.raises(Unknown) as unknown:
        CALLS[endpoint](wechat, openid)
    assert upstreams.world.calls[f"wechat.{endpoint}"] == 1
    assert sent_to(upstreams, openid) == (endpoint == "subscribe_send")
    assert leaked(shown_by(unknown.value), upstreams) == []


@pytest.mark.parametrize("fault", DOUBTFUL, ids=lambda fault: f"{fault['kind']}")
def test_without_a_token_nothing_was_sent_and_nothing_is_doubtful(
    upstreams: Running, wechat: WeChat, openid: str, broken: Break, fault: dict[str, object]
) -> None:
    broken("wechat.stable_token", **fault)
    with pytest.raises(Unreachable) as unreachable:
        send(wechat, openid)
    assert upstreams.world.calls["wechat.subscribe_send"] == 0
    assert leaked(shown_by(unreachable.value), upstreams) == []


@pytest.mark.parametrize("endpoint", [*CALLS, "stable_token"])
def test_no_call_waits_longer_than_it_was_told(
    wechat: WeChat, openid: str, broken: Break, endpoint: str
) -> None:
    broken(f"wechat.{endpoint}", **HANGS)
    with pytest.raises((Unknown, Unreachable)) as late:
        CALLS.get(endpoint, send)(wechat, openid)
    assert late.value.code == "timed_out"


def test_no_secret_follows_a_redirect(upstreams: Running, app_id: str) -> None:
    with redirecting_to(upstreams.url) as elsewhere:
        tokens = TokenStore(lambda: KEYRING, clock.now)
        with pytest.raises(Unreachable) as unreachable:
            WeChat(app_id, lambda: "secret", elsewhere, tokens, 1).open_id(LOGIN_CODE)
    assert unreachable.value.code == "http_302"
    assert not upstreams.world.calls


@contextmanager
def redirecting_to(base_url: str) -> Iterator[str]:
    class Redirects(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(302)
            self.send_header("Location", f"{base_url}{self.path}")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Redirects) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_a_table_that_is_down_costs_a_fetch_and_no_message(
    upstreams: Running, container: Container, openid: str, tables: dict[str, str]
) -> None:
    with settled("http://127.0.0.1:9", tables):
        assert send(container(), openid)
    assert upstreams.world.calls["wechat.stable_token"] == 1


@pytest.mark.parametrize("status", [302, 403, 404])
def test_what_was_turned_away_at_the_door_may_be_tried_again(
    wechat: WeChat, openid: str, broken: Break, status: int
) -> None:
    broken("wechat.subscribe_send", "http_error", status=status)
    with pytest.raises(Unreachable):
        send(wechat, openid)


def test_a_wrong_secret_is_refused_as_the_account(
    upstreams: Running, app_id: str, openid: str
) -> None:
    upstreams.world.change_settings({"wechat_app_id": app_id})
    tokens = TokenStore(lambda: KEYRING, clock.now)
    with pytest.raises(Refused) as refused:
        send(WeChat(app_id, lambda: "wrong", upstreams.url, tokens, 1), openid)
    assert (refused.value.kind, refused.value.code) == ("account", "40125")


@pytest.mark.parametrize("endpoint", CALLS)
def test_a_wechat_that_is_not_there_is_unreachable(app_id: str, endpoint: str) -> None:
    secret, tokens = "the-app-secret", TokenStore(lambda: KEYRING, clock.now)
    tokens.set(f"wechat/{app_id}", "the-token", 7200)
    nowhere = WeChat(app_id, lambda: secret, "http://127.0.0.1:9", tokens, 0.5)
    with pytest.raises(Unreachable) as unreachable:
        CALLS[endpoint](nowhere, "oNobody")
    shown = shown_by(unreachable.value)
    assert "the-app-secret" not in shown
    assert "the-token" not in shown


def test_no_text_of_the_object_shows_the_secret(upstreams: Running, wechat: WeChat) -> None:
    with suppress(UpstreamError):
        wechat.open_id(LOGIN_CODE)
    assert upstreams.world.settings.wechat_secret not in repr(wechat) + str(vars(wechat))
