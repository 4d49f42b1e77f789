"""Publish on the status page from a laptop, straight into its bucket, while the API that does it is down.

dengta status --bucket NAME show
dengta status --bucket NAME report --zh 全部门店无法收银 --body-zh 正在排查 --component ID=major_outage
dengta status --bucket NAME update INCIDENT --status monitoring --body-zh 已修复，正在观察

It needs S3 and nothing else of us. `--bucket` may be said twice; it is the stack's output StatusBucket, or stands in
the environment as STATUS_BUCKET and STATUS_BUCKET_2. What is written so is taken into the table, once, when the status
room is back.
"""

import argparse
import os
from collections.abc import Sequence

import msgspec
from rich.console import Console

from chalicelib.adapters.objects import Bucket
from chalicelib.kernel import clock, ids
from chalicelib.kernel.errors import DomainError
from chalicelib.outages import journal
from chalicelib.outages.journal import Entry
from chalicelib.outages.model.asked import Body, Name, Naming, NewIncident, NewUpdate
from chalicelib.outages.model.words import new_id, say
from chalicelib.outages.publishing import NotPublished, Publishing, State, kept
from infra.tables import TABLES

STAGES_OF_AN_INCIDENT = ("investigating", "identified", "monitoring", "resolved")


def main(arguments: Sequence[str]) -> int:
    """Do as asked."""
    asked = parser().parse_args(arguments)
    console = Console()
    reach_nothing_else()
    buckets = [Bucket(name) for name in asked.bucket or named_in_environment()]
    if not buckets:
        console.print("[red]Say --bucket, or STATUS_BUCKET in the environment.[/red]")
        return 1
    state = next((found for each in buckets if (found := kept(each))), None)
    if state is None:
        console.print("[red]Nothing was ever published there.[/red]")
        return 1
    if asked.does == "show":
        return show(console, state, buckets)
    try:
        entry = entry_of(asked)
    except (ValueError, msgspec.ValidationError) as error:
        console.print(f"[red]{error}[/red]")
        return 1
    return write(console, state, buckets, entry)


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser("dengta status", description="Publish without the API")
    made.add_argument("--bucket", action="append", help="else STATUS_BUCKET and STATUS_BUCKET_2")
    made.add_argument("--who", default="console", help="an id that the record keeps")
    does = made.add_subparsers(dest="does", required=True)
    does.add_parser("show")
    report, update = does.add_parser("report"), does.add_parser("update")
    update.add_argument("incident")
    for language in ("zh", "en"):
        report.add_argument(f"--{language}", help="what it is called")
    for one, status in ((report, "investigating"), (update, None)):
        one.add_argument(
            "--status", choices=STAGES_OF_AN_INCIDENT, default=status, required=status is None
        )
        one.add_argument("--body-zh")
        one.add_argument("--body-en")
        one.add_argument("--component", action="append", default=[], metavar="ID=STATUS")
    return made


def named_in_environment() -> list[str]:
    """The buckets that need not be said each time."""
    return [name for each in ("STATUS_BUCKET", "STATUS_BUCKET_2") if (name := os.environ.get(each))]


def reach_nothing_else() -> None:
    """The settings of a function, with tables that are none: this must work where they are out of reach."""
    for name, value in {
        "DENGTA_STAGE": "dev",
        "KEYRING_PARAM": "/none",
        **{one.env: "out-of-reach" for one in TABLES},
    }.items():
        os.environ.setdefault(name, value)


def entry_of(asked: argparse.Namespace) -> Entry:
    """What is to be published. Raises ValueError where neither language has a text."""
    now = clock.now()
    body = Body(asked.body_zh, asked.body_en)
    components = [naming(each) for each in asked.component]
    if asked.does == "report":
        report = NewIncident(
            name=Name(asked.zh, asked.en),
            body=body,
            status=asked.status,
            components=components,
            started_at=now,
        )
        return Entry(id=ids.new(now), at=now, who=asked.who, incident_id=new_id(now), report=report)
    update = NewUpdate(status=asked.status, body=body, components=components, display_at=now)
    return Entry(id=ids.new(now), at=now, who=asked.who, incident_id=asked.incident, update=update)


def naming(text: str) -> Naming:
    """`ID=STATUS`. Raises ValidationError."""
    component_id, _, status = text.partition("=")
    return msgspec.convert({"component_id": component_id, "status": status}, Naming)


def write(console: Console, state: State, buckets: Sequence[Bucket], entry: Entry) -> int:
    """Into the journal first: the site is made of it again at any time."""
    before = [each for bucket in buckets for each in journal.entries(bucket)]
    unique = {each.id: each for each in (*before, entry)}
    try:
        whole = journal.told(state.whole, [unique[key] for key in sorted(unique)])
    except DomainError as refused:
        console.print(f"[red]{refused.code}[/red]: {refused.values}")
        return 1
    if entry.incident_id not in {each.id for each in whole.incidents}:
        console.print(f"[red]There is no incident {entry.incident_id}.[/red]")
        return 1
    for bucket in buckets:
        journal.keep(bucket, entry)
    try:
        Publishing(buckets, state.site).write(whole, clock.now())
    except NotPublished as failed:
        console.print(
            f"[red]In the journal, but not on each page yet: {failed}.[/red] Incident {entry.incident_id}: "
            "the status room takes it in when it is back. Do not write it again."
        )
        return 1
    console.print(f"Published: incident {entry.incident_id}.")
    return 0


def show(console: Console, state: State, buckets: Sequence[Bucket]) -> int:
    """What the page says, by what ids, and what waits to be taken into the table."""
    waiting = [each for bucket in buckets for each in journal.entries(bucket)]
    shown = journal.told(state.whole, waiting).at(clock.now())
    console.print(f"{shown.roll_up.description}; written {clock.text(state.made_at)}")
    for component in shown.page.components:
        name = say(component.name, "zh-CN").text
        console.print(f"  {component.id}  {shown.states[component.id].status:22} {name}")
    for incident in shown.open_incidents:
        console.print(f"  {incident.id}  {incident.status:22} {say(incident.name, 'zh-CN').text}")
    console.print(f"In the journal: {len({each.id for each in waiting})}")
    return 0
