"""Which stand-in answers which request: the whole HTTP surface in one list."""

from collections.abc import Callable
from dataclasses import dataclass

from infra.upstreams import (
    aliyun,
    aliyun_query,
    aliyun_send,
    control,
    tencent,
    tencent_pull,
    tencent_send,
    wechat,
    wechat_subscribe,
    wecom,
)
from infra.upstreams import wechat_tokens as tokens
from infra.upstreams.faults import Fault, on_the_line
from infra.upstreams.wire import Reply, Request, as_json
from infra.upstreams.world import World


def _nobody(_world: World, _request: Request) -> set[str]:
    return set()


@dataclass(frozen=True)
class Endpoint:
    """`subjects` names whom a request is about: openids, phones, codes."""

    name: str
    answer: Callable[[World, Request, Fault | None], Reply]
    subjects: Callable[[World, Request], set[str]] = _nobody


def _by_action(*endpoints: Endpoint) -> dict[str, Endpoint]:
    """By what the action's header says: the name without the provider."""
    return {endpoint.name.partition(".")[2]: endpoint for endpoint in endpoints}


WECHAT = {
    "/sns/jscode2session": Endpoint(
        "wechat.jscode2session", wechat.jscode2session, wechat.who_logs_in
    ),
    "/cgi-bin/stable_token": Endpoint("wechat.stable_token", tokens.stable_token),
    "/cgi-bin/token": Endpoint("wechat.token", tokens.token),
    "/wxa/business/getuserphonenumber": Endpoint(
        "wechat.getuserphonenumber", wechat.getuserphonenumber, wechat.whose_phone
    ),
    "/cgi-bin/message/subscribe/send": Endpoint(
        "wechat.subscribe_send", wechat_subscribe.subscribe_send, wechat_subscribe.addressee
    ),
}
WECOM = {
    "/cgi-bin/webhook/send": Endpoint("wecom.webhook_send", wecom.webhook_send, wecom.group_of),
}
TENCENT = _by_action(
    Endpoint(
        "tencent.SendSms",
        tencent.answering(tencent_send.SendSms, tencent_send.send),
        tencent.phones_of,
    ),
    Endpoint(
        "tencent.PullSmsSendStatus",
        tencent.answering(tencent_pull.Pull, tencent_pull.pull),
    ),
    Endpoint(
        "tencent.PullSmsSendStatusByPhoneNumber",
        tencent.answering(tencent_pull.PullByPhone, tencent_pull.pull_by_phone),
        tencent.phones_of,
    ),
)
OTHER_ACTION = Endpoint("tencent.other", tencent.refuse_action)
ALIYUN = _by_action(
    Endpoint(
        "aliyun.SendSms",
        aliyun.answering(aliyun_send.SendSms, aliyun_send.send),
        aliyun.phones_of,
    ),
    Endpoint(
        "aliyun.QuerySendDetails",
        aliyun.answering(aliyun_query.QuerySendDetails, aliyun_query.query),
        aliyun.phones_of,
    ),
)
OTHER_ALIYUN = Endpoint("aliyun.other", aliyun.refuse_action)


def handle(world: World, request: Request) -> Reply:
    """Answer one request as one transaction."""
    with world.store.transaction():
        if request.path.startswith("/_control/"):
            return control.handle(world, request)
        endpoint = _endpoint_for(request)
        if endpoint is None:
            return as_json({"errcode": 40066, "errmsg": "invalid url"}, status=404)
        world.calls[endpoint.name] += 1
        fault = world.faults.take(endpoint.name, endpoint.subjects(world, request))
        return on_the_line(fault, lambda: endpoint.answer(world, request, fault))


def _endpoint_for(request: Request) -> Endpoint | None:
    if request.path == "/" and request.method == "POST":
        if action := request.headers.get("x-acs-action"):
            return ALIYUN.get(action, OTHER_ALIYUN)
        return TENCENT.get(request.headers.get("x-tc-action", ""), OTHER_ACTION)
    return WECHAT.get(request.path) or WECOM.get(request.path)
