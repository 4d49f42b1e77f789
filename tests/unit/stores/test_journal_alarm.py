"""An alarm counts the very lines that are logged of a journal that misses something."""

import json
import logging

import pytest

from chalicelib.adapters.log import JsonLines
from chalicelib.stores.model.journal import BROKEN, FORKED, GAP
from infra.template import merge_template

RESOURCES = merge_template()["Resources"]


@pytest.mark.parametrize("line", [GAP, BROKEN, FORKED])
def test_each_line_is_counted_as_it_is_logged(line: str) -> None:
    record = logging.LogRecord("dengta.stores", logging.WARNING, "", 0, line, None, None)
    said = json.loads(JsonLines().format(record))["said"]
    pattern = RESOURCES["JournalFaultsFilter"]["Properties"]["FilterPattern"]
    assert f'($.said = "{said}")' in pattern


def test_the_alarm_looks_at_what_is_counted_in_the_log_of_the_api() -> None:
    counting = RESOURCES["JournalFaultsFilter"]["Properties"]
    [counted] = counting["MetricTransformations"]
    alarm = RESOURCES["JournalFaultsAlarm"]["Properties"]
    assert counting["LogGroupName"] == {"Ref": "APIHandlerLogs"}
    assert (alarm["Namespace"], alarm["MetricName"]) == (
        counted["MetricNamespace"], counted["MetricName"],
    )  # fmt: skip
    assert (alarm["Statistic"], alarm["Threshold"]) == ("Sum", 0)
