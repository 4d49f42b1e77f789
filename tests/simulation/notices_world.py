"""Subscribers by the thousand, a channel that counts what it tells whom, and a process that may end at any moment."""

import random
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chalicelib.adapters import secrets, tables
from chalicelib.notices.audience import Subscribers
from chalicelib.notices.model.jobs import Job, Outcome
from chalicelib.notices.model.subscribers import SHARDS, Contact, Scope, Subscriber
from chalicelib.notices.service import handing_over
from chalicelib.notices.service.fan_out import FanOut
from chalicelib.notices.service.handing_over import Ringing
from chalicelib.notices.service.links import subscriber_id
from chalicelib.notices.table import jobs as jobs_table
from chalicelib.notices.table import subscribers as table
from chalicelib.outages.model.notices import Notice
from chalicelib.outages.model.words import Words
from infra.local import dynamodb
from tests.house import BY
from tests.simulation.database_faults import Call, every_call
from tests.simulation.event_source import Killed

START = datetime.fromisoformat("2026-11-22T08:00:00.000Z")
CLOSE = timedelta(seconds=1)


@dataclass
class Channel:
    """Remembers every receiver that it told, and how often; `answers` are what it says before that, by receiver.

    `down`: what every try comes to, by channel.
    """

    told: Counter[tuple[str, str]] = field(default_factory=Counter)
    answers: dict[str, list[Outcome]] = field(default_factory=dict)
    down: dict[str, Outcome] = field(default_factory=dict)
    calls: int = 0

    def tell(self, to: Subscriber, notice: Notice) -> Outcome:
        self.calls += 1
        if to.channel in self.down:
            return self.down[to.channel]
        if left := self.answers.get(to.subscriber_id):
            return left.pop(0)
        self.told[notice.notice_id, to.subscriber_id] += 1
        return Outcome("sent")


class World:
    """The stream and the clock of one table: a job that is ready is brought, one that is due is rung for."""

    def __init__(self, seed: int = 0) -> None:
        self.now = START
        self.channel = Channel()
        self.chance = random.Random(seed)
        self.kills = 0
        self.shards: Collection[int] = range(SHARDS)  # where somebody is looked for
        self.fan_out = FanOut(
            Subscribers(),
            lambda to, notice: self.channel.tell(to, notice),  # noqa: PLW0108 - it is exchanged
            lambda: self.now,
        )
        self.ringing = Ringing(lambda: self.now)

    def subscribe(self, count: int, **more: Any) -> list[Subscriber]:  # noqa: ANN401
        made = [a_subscriber(number, **more) for number in range(count)]
        save_all(made)
        return made

    def hand_over(self, *notices: Notice) -> None:
        """Where only some shards have anybody, the others have no job: they would be rung for, again and again."""
        handing_over.hand_over(notices, self.now)
        idle = [shard for shard in range(SHARDS) if shard not in self.shards]
        for notice in notices if idle else ():
            transaction = tables.Transaction()
            for shard in idle:
                row = jobs_table.JobRow(f"SHARD#{shard:02d}", f"JOB#{notice.notice_id}")
                transaction.delete(str(shard), row)
            transaction.commit()

    def run(
        self,
        notice_ids: Sequence[str],
        *,
        has_time: Callable[[], bool] = lambda: True,
        dies: float = 0,
        until: datetime | None = None,
    ) -> None:
        """Until all jobs are done, or `until` then.

        `dies`: how likely the process ends at each call, before it or after.
        """
        while open_jobs := [job for each in notice_ids for job in self._open(each)]:
            if until and self.now >= until:
                return
            ready = [job for job in open_jobs if job.turn == "ready"]
            self.chance.shuffle(ready)
            for job in ready:
                self._turn(job, has_time, dies)
            if not ready:
                self.now = max(self.now, min(job.due_at or self.now for job in open_jobs)) + CLOSE
                self.ringing.run(lambda: True)

    def _open(self, notice_id: str) -> list[Job]:
        jobs = jobs_table.jobs(notice_id)
        return [job for job in jobs if job.turn != "done" and job.shard in self.shards]

    def _turn(self, job: Job, has_time: Callable[[], bool], dies: float) -> None:
        try:
            with self._mortal(dies):
                self.fan_out.go_on(job.notice_id, job.shard, has_time)
        except Killed:
            self.kills += 1

    @contextmanager
    def _mortal(self, dies: float) -> Iterator[None]:
        if not dies:
            yield
            return
        alive = self.channel.tell

        def around(whole: Call, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
            answer: dict[str, Any] = self._or_dies(dies, lambda: whole(operation, arguments))
            return answer

        self.channel.tell = lambda to, notice: self._or_dies(dies, lambda: alive(to, notice))  # type: ignore[method-assign]
        try:
            with every_call(around):
                yield
        finally:
            self.channel.tell = alive  # type: ignore[method-assign]

    def _or_dies(self, dies: float, call: Callable[[], Any]) -> Any:  # noqa: ANN401
        drawn = self.chance.random()
        if drawn < dies / 2:
            raise Killed
        answer = call()
        if drawn < dies:
            raise Killed
        return answer


def forget_all(dynamodb_url: str, names: Mapping[str, str]) -> None:
    client, name = dynamodb.client(dynamodb_url), names["SUBSCRIBERS_TABLE"]
    pages = client.get_paginator("scan").paginate(TableName=name)
    keys = [{key: item[key] for key in ("pk", "sk")} for page in pages for item in page["Items"]]
    for at in range(0, len(keys), 25):
        gone = [{"DeleteRequest": {"Key": key}} for key in keys[at : at + 25]]
        client.batch_write_item(RequestItems={name: gone})


def a_subscriber(number: int, scope: Scope | None = None) -> Subscriber:
    address = f"reader-{number}@example.com"
    return Subscriber(
        subscriber_id=subscriber_id(secrets.keyring(), "email", address),
        channel="email",
        contact=Contact(address),
        scope=scope or Scope(),
        language="zh-CN",
        since=START - timedelta(days=1),
    )


def save_all(made: Sequence[Subscriber]) -> None:
    """Many at once: the form takes one at a time."""
    for at in range(0, len(made), 100):
        transaction = tables.Transaction()
        for one in made[at : at + 100]:
            table.save_with(transaction, one, BY)
        transaction.commit()


def a_notice(number: int, **more: Any) -> Notice:  # noqa: ANN401
    fields: dict[str, Any] = {
        "notice_id": f"n{number}", "kind": "update", "about_id": "incident0001", "component_ids": (),
        "store_ids": (), "title": Words("收银缓慢"), "body": Words("正在处理。"), "status": "identified",
        "at": START + timedelta(minutes=number), "overtakes": "incident0001",
    }  # fmt: skip
    return Notice(**(fields | more))
