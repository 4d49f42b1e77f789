"""Alarms on what nobody would notice: failures put aside, streams that lag, answers that failed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chalicelib.amends.service import turns as amends
from chalicelib.ledger.model.books_words import DIFFER, PROVED
from chalicelib.messages.model.digest import GIVEN_UP
from chalicelib.messages.model.limits import REACHED
from chalicelib.notices.audience import GROUP_PUT_ASIDE
from chalicelib.outages.journal import NOT_READ, NOT_TAKEN
from chalicelib.outages.publishing import PUBLISHED
from chalicelib.outages.service.clockwork import OVERDUE
from chalicelib.probes.service.watching import ROUND
from chalicelib.stores.model import figures
from chalicelib.stores.model.journal import BROKEN, FORKED, GAP
from infra.function import Function, Trigger
from infra.template import receivers

LAG_MILLISECONDS = 5 * 60 * 1000
PERIOD_SECONDS = 300
SERVER_ERRORS = 5
OWN_METRICS = {"Fn::Sub": "${AWS::StackName}"}  # the namespace of what is counted in our own logs


def resources(function: Function) -> dict[str, Any]:
    """The alarms of one function."""
    if function.name == "status_handler":
        return {f"{function.logical_id}FailureAlarm": crashes(function)}
    if function.trigger is Trigger.HTTP:
        return {"ServerErrorAlarm": server_errors(), **journals(function)}
    alarms = {f"{function.logical_id}FailureAlarm": failures(function)}
    if function.trigger is Trigger.STREAM:
        alarms[f"{function.logical_id}LagAlarm"] = lag(function)
    for more in _MORE.get(function.name, ()):
        alarms |= more(function)
    return alarms


def failures(function: Function) -> dict[str, Any]:
    """Anything at all in the failure queue."""
    queue = {"Fn::GetAtt": [f"{function.logical_id}Failures", "QueueName"]}
    return alarm(
        f"{function.name} put something aside: see its failure queue",
        "AWS/SQS",
        "ApproximateNumberOfMessagesVisible",
        {"QueueName": queue},
    )


def lag(function: Function) -> dict[str, Any]:
    """The stream is read minutes late; it forgets after 24 hours."""
    return alarm(
        f"{function.name} reads its stream more than five minutes late",
        "AWS/Lambda",
        "IteratorAge",
        {"FunctionName": {"Ref": function.logical_id}},
        above=LAG_MILLISECONDS,
    )


def crashes(function: Function) -> dict[str, Any]:
    """It broke before it could answer."""
    name = {"FunctionName": {"Ref": function.logical_id}}
    return alarm(
        f"{function.name} broke off: see its log", "AWS/Lambda", "Errors", name, statistic="Sum"
    )


def server_errors() -> dict[str, Any]:
    """The API answered with errors of its own."""
    return alarm(
        "the API answered 5xx",
        "AWS/ApiGateway",
        "5XXError",
        {"ApiName": {"Ref": "AWS::StackName"}, "Stage": "api"},
        statistic="Sum",
        above=SERVER_ERRORS,
    )


def journals(function: Function) -> dict[str, Any]:
    """A till's off-line journal misses records, or its chain does not hold."""
    why = "an off-line journal has a gap, or its chain is broken or forked: see the devices"
    return said(function, "JournalFaults", (GAP, BROKEN, FORKED), why)


def books(function: Function) -> dict[str, Any]:
    """The books differ; or nobody knows, because no walk through them came to its end for a day and a half."""
    why = "the books differ: make reconcile says where"
    overdue = "BooksProved"
    return {
        **said(function, "BooksDiffer", (DIFFER,), why),
        f"{overdue}Filter": count(function, overdue, (PROVED,)),
        f"{overdue}Alarm": missed(
            "the books were not proved for 36 hours: see the log of reconcile", overdue, periods=36
        ),
    }


def day_figures(function: Function) -> dict[str, Any]:
    """A day's figures were not what its entries come to."""
    why = "a day's figures differed from its entries, and were put right: see the log of recount"
    return said(function, "FiguresDiffer", (figures.DIFFER,), why)


def limits(function: Function) -> dict[str, Any]:
    """Somebody is bombed with messages, or a limit is too low."""
    why = f"a limit on messages was reached: see the log of {function.name} for which, and where"
    return said(function, f"{function.logical_id}LimitReached", (REACHED,), why)


def gifts(function: Function) -> dict[str, Any]:
    """Members who were to be given something have nothing yet, and are not tried any more."""
    why = f"making good was given up over members: see the log of {function.name}, then …/amends/go-on"
    return said(function, "AmendsGivenUp", (amends.GIVEN_UP,), why)


def site(function: Function) -> dict[str, Any]:
    """The static status page stands still: it is written each minute."""
    metric, minutes = "SitePublished", 5
    why = f"the status page was not written for {minutes} minutes: see the log of {function.name}"
    return {
        f"{metric}Filter": count(function, metric, (PUBLISHED,)),
        f"{metric}Alarm": missed(why, metric, periods=minutes, seconds=60),
    }


def rounds(function: Function) -> dict[str, Any]:
    """Nobody watches the parts: a round that broke off is put aside, one that never began leaves no trace but this."""
    metric, minutes = "PartsAsked", 10
    why = (
        f"no probe was asked for {minutes} minutes: see the log and the schedule of {function.name}"
    )
    return {
        f"{metric}Filter": count(function, metric, (ROUND,)),
        f"{metric}Alarm": missed(why, metric, periods=minutes, seconds=60),
    }


def promises(function: Function) -> dict[str, Any]:
    """What somebody wrote, or promised, on the status page and that nobody sees there."""
    lost = "what was published from a laptop is not in the table: see refused/ and journal/ in the bucket"
    late = "an incident's promised update did not come: the log of publish names the incident, and whose it was"
    return said(function, "JournalNotTaken", (NOT_READ, NOT_TAKEN), lost) | said(
        function, "UpdateOverdue", (OVERDUE,), late
    )


def groups(function: Function) -> dict[str, Any]:
    """Groups of staff that hear nothing."""
    if function.name == "fan_out":
        why = "a staff group is told of outages no more: look after its bot, and put the group anew"
        return said(function, "GroupPutAside", (GROUP_PUT_ASIDE,), why)
    why = "the staff's group could not be told: look after its bot, and read the staff notes in the log"
    return said(function, "StaffNotTold", (GIVEN_UP,), why)


def said(function: Function, metric: str, lines: Sequence[str], why: str) -> dict[str, Any]:
    """An alarm on a line in a function's log."""
    return {
        f"{metric}Filter": count(function, metric, lines),
        f"{metric}Alarm": alarm(why, OWN_METRICS, metric, {}, statistic="Sum"),
    }


def count(function: Function, metric: str, lines: Sequence[str]) -> dict[str, Any]:
    """How often a function's log says one of these."""
    pattern = " || ".join(f'($.said = "{line}")' for line in lines)
    return {
        "Type": "AWS::Logs::MetricFilter",
        "Properties": {
            "LogGroupName": {"Ref": f"{function.logical_id}Logs"},
            "FilterPattern": f"{{ {pattern} }}",
            "MetricTransformations": [
                {"MetricNamespace": OWN_METRICS, "MetricName": metric, "MetricValue": "1"}
            ],
        },
    }


def missed(description: str, metric: str, *, periods: int, seconds: int = 3600) -> dict[str, Any]:
    """An alarm on silence: nothing was counted for so many periods."""
    made = alarm(description, OWN_METRICS, metric, {}, statistic="Sum")
    made["Properties"] |= {
        "Period": seconds,
        "EvaluationPeriods": periods,
        "Threshold": 1,
        "ComparisonOperator": "LessThanThreshold",
        "TreatMissingData": "breaching",
    }
    return made


def alarm(
    description: str,
    namespace: str | dict[str, str],
    metric: str,
    dimensions: dict[str, Any],
    *,
    statistic: str = "Maximum",
    above: int = 0,
) -> dict[str, Any]:
    """One alarm over five minutes; silence is not an alarm."""
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmDescription": description,
            "AlarmActions": [{"Ref": receivers.TOPIC}],
            "Namespace": namespace,
            "MetricName": metric,
            "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
            "Statistic": statistic,
            "Period": PERIOD_SECONDS,
            "EvaluationPeriods": 1,
            "Threshold": above,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
        },
    }


_MORE: Mapping[str, Sequence[Callable[[Function], dict[str, Any]]]] = {
    "reconcile": (books,),
    "recount": (day_figures,),
    "deliver": (limits,),
    "sweep": (limits, groups),
    "publish": (site, promises),
    "probe": (rounds,),
    "fan_out": (groups,),
    "amend": (gifts,),
}
