"""The functions: what each may do to which resource, how much memory and how long.

Everything else derives from this table: .chalice/config.json, the policies, the template's
stream sources, failure queues, log groups and alarms.
"""

from infra.function import READ, WRITE, Function, Grant, Source, Trigger
from infra.tables import (
    ACCESS,
    AMENDS,
    AUDIT,
    BOOK,
    MESSAGES,
    OUTAGES,
    PROBES,
    STORES,
    SUBSCRIBERS,
    TOKENS,
)

UPSTREAM_SECRETS = (
    "WECHAT_APP_SECRET_PARAM",
    "TENCENT_SMS_SECRET_ID_PARAM",
    "TENCENT_SMS_SECRET_KEY_PARAM",
    "ALIYUN_SMS_ACCESS_KEY_ID_PARAM",
    "ALIYUN_SMS_ACCESS_KEY_SECRET_PARAM",
    "SMTP_URL_PARAM",
)
KNOWN_STORES = Grant(ACCESS, READ, partitions=("STORES",))  # and no key, no PIN
# The whole page, and nothing of the keys by which its operators are known
STATUS_PAGE = ("CHANGES", "NAME#*", "NOTICES#*", "PAGE", "SERIES", "TEMPLATES")
DELIVERY = (
    Grant(MESSAGES, READ + WRITE, indexes=("due", "refs")),
    KNOWN_STORES,
    Grant(TOKENS, READ + WRITE),
)

FUNCTIONS = (
    Function(
        name="api_handler",
        handler="chalicelib.front.handler.api",
        trigger=Trigger.HTTP,
        grants=(
            Grant(BOOK, READ + WRITE, indexes=("listed",)),
            Grant(ACCESS, READ + WRITE),
            Grant(STORES, READ + WRITE),
            Grant(MESSAGES, READ + WRITE, indexes=("due", "refs")),
            Grant(OUTAGES, READ),  # why a message cannot be found; whom an incident touched
            Grant(OUTAGES, WRITE, partitions=("KEY#*",)),  # the copies of operators' keys
            Grant(SUBSCRIBERS, READ + WRITE),
            Grant(PROBES, READ + WRITE),
            Grant(AMENDS, READ + WRITE),
            Grant(TOKENS, READ + WRITE),
        ),
        memory_mb=512,
        timeout_seconds=20,
        parameters=(
            "KEYRING_PARAM",
            "WECHAT_APP_SECRET_PARAM",
            "WECHAT_CALLBACK_TOKEN_PARAM",
            "SMS_CALLBACK_SECRET_PARAM",
        ),
        may_decrypt=True,
    ),
    Function(
        name="status_handler",  # alone: the status page is written also where all else is gone
        trigger=Trigger.HTTP,
        grants=(Grant(OUTAGES, READ), Grant(OUTAGES, WRITE, partitions=STATUS_PAGE)),
        memory_mb=512,
        timeout_seconds=20,
    ),
    Function(
        name="publish",
        trigger=Trigger.STREAM,
        grants=(
            Grant(OUTAGES, READ + WRITE, partitions=STATUS_PAGE),
            Grant(
                SUBSCRIBERS,
                ("BatchGetItem", "PutItem"),
                partitions=("ABOUT#*", "NOTICE#*", "NOTICES*", "SHARD#*"),
            ),
        ),
        memory_mb=512,
        timeout_seconds=120,
        sources=(Source(OUTAGES, partitions=("PAGE", "NOTICES#")),),
        parameters=("WECOM_WEBHOOK_URL_PARAM",),  # reminders; without it all the rest goes on
        may_decrypt=True,
        ticks="rate(1 minute)",
        keeps_site=True,
    ),
    Function(
        name="entries",  # one reader for messages and figures: a shard bears two, and `audit` is the other
        trigger=Trigger.STREAM,
        grants=(
            Grant(MESSAGES, ("PutItem", "Query")),
            Grant(STORES, ("BatchGetItem", "PutItem", "UpdateItem")),
        ),
        memory_mb=256,
        timeout_seconds=60,
        sources=(Source(BOOK, new_prefixes=("ENTRY#",)),),
    ),
    Function(
        name="deliver",
        trigger=Trigger.STREAM,
        grants=(*DELIVERY, Grant(BOOK, READ)),
        memory_mb=512,
        timeout_seconds=120,
        sources=(Source(MESSAGES, new_prefixes=("MSG#", "ALSO#", "RAW#", "CANARY#")),),
        parameters=("KEYRING_PARAM", "WECHAT_CALLBACK_AES_KEY_PARAM", *UPSTREAM_SECRETS),
        may_decrypt=True,
    ),
    Function(
        name="sweep",
        trigger=Trigger.CLOCK,
        grants=(*DELIVERY, Grant(BOOK, READ, indexes=("listed",))),
        memory_mb=512,
        timeout_seconds=120,
        parameters=(
            "KEYRING_PARAM",
            "WECHAT_CALLBACK_AES_KEY_PARAM",
            "WECOM_WEBHOOK_URL_PARAM",
            *UPSTREAM_SECRETS,
        ),
        may_decrypt=True,
    ),
    Function(
        name="fan_out",
        trigger=Trigger.STREAM,
        grants=(
            Grant(SUBSCRIBERS, READ + WRITE, indexes=("due",)),
            Grant(TOKENS, READ + WRITE),
        ),
        memory_mb=512,
        timeout_seconds=120,
        sources=(  # one job is one invocation: others are not to wait for it
            Source(SUBSCRIBERS, ready_prefixes=("JOB#", "ASK#"), batch_size=1, side_by_side=10),
        ),
        parameters=("KEYRING_PARAM", *UPSTREAM_SECRETS),
        may_decrypt=True,
        ticks="rate(1 minute)",
    ),
    Function(
        name="probe",
        trigger=Trigger.CLOCK,
        grants=(
            Grant(PROBES, READ + WRITE),
            Grant(OUTAGES, READ + WRITE, partitions=STATUS_PAGE),
            Grant(BOOK, ("GetItem",), partitions=("READY",)),  # whether it answers, nothing in it
            Grant(
                MESSAGES,
                ("GetItem", "PutItem", "Query", "UpdateItem"),
                partitions=("CANARY", "READY", "STAFF"),
            ),
        ),
        memory_mb=512,
        timeout_seconds=60,
        parameters=UPSTREAM_SECRETS,
        may_decrypt=True,
    ),
    Function(
        name="amend",
        trigger=Trigger.STREAM,
        grants=(
            Grant(AMENDS, READ + WRITE),
            Grant(BOOK, READ + WRITE, indexes=("listed",)),
            KNOWN_STORES,
            Grant(STORES, ("Query",)),
            Grant(MESSAGES, ("BatchGetItem", "PutItem", "Query")),
        ),
        memory_mb=512,
        timeout_seconds=120,
        sources=(Source(AMENDS, ready_prefixes=("JOB#",), batch_size=1, side_by_side=8),),
        parameters=("KEYRING_PARAM",),
        may_decrypt=True,
        ticks="rate(1 minute)",
    ),
    Function(
        name="expire",
        trigger=Trigger.CLOCK,
        grants=(Grant(BOOK, READ + WRITE),),
        memory_mb=512,
        timeout_seconds=300,
        parameters=("KEYRING_PARAM",),
        may_decrypt=True,
    ),
    Function(
        name="recount",
        trigger=Trigger.CLOCK,
        grants=(
            Grant(BOOK, ("BatchGetItem",), indexes=("listed",)),
            KNOWN_STORES,
            Grant(STORES, ("GetItem", "Query", "UpdateItem")),
        ),
        memory_mb=512,
        timeout_seconds=600,
    ),
    Function(
        name="reconcile",
        trigger=Trigger.CLOCK,
        grants=(  # it proves the book, and so cannot write to it
            Grant(BOOK, (*READ, "Scan")),
            Grant(STORES, ("GetItem", "PutItem")),
        ),
        memory_mb=1792,  # a whole processor: what it costs is its time
        timeout_seconds=540,
    ),
    Function(
        name="audit",
        trigger=Trigger.STREAM,
        grants=(Grant(AUDIT, ("PutItem",)),),
        memory_mb=256,
        timeout_seconds=60,
        sources=(
            Source(BOOK),
            Source(ACCESS),
            Source(OUTAGES),
            Source(STORES),
            Source(MESSAGES, new_prefixes=("KEY#", "RULES#", "RESEND#", "SWITCH#", "CARED#")),
            Source(AMENDS, partitions=("AMENDS#",)),
            Source(PROBES, new_prefixes=("RULES#",)),
            Source(SUBSCRIBERS, partitions=("ASK#", "GROUPS", "SET#")),
        ),
        tries=10_000,  # no sweeper stands behind the trail: it goes on for as long as a stream keeps records
        gives_up_after_seconds=24 * 3600,
    ),
)
