"""The function that tells subscribers is started by what is to be taken up, one item at a time, and by the clock."""

import json

from infra.functions import FUNCTIONS
from infra.template.functions import resources

FAN_OUT = next(one for one in FUNCTIONS if one.name == "fan_out")


def test_only_what_is_ready_starts_it_and_others_are_not_kept_waiting() -> None:
    events = resources(FAN_OUT)[FAN_OUT.logical_id]["Properties"]["Events"]
    source = events["FanOutDynamodbEventSource"]["Properties"]
    (only,) = source["FilterCriteria"]["Filters"]
    assert json.loads(only["Pattern"]) == {
        "eventName": ["INSERT", "MODIFY"],
        "dynamodb": {
            "Keys": {"sk": {"S": [{"prefix": "JOB#"}, {"prefix": "ASK#"}]}},
            "NewImage": {"turn": {"S": ["ready"]}},
        },
    }
    assert (source["BatchSize"], source["ParallelizationFactor"]) == (1, 10)
    assert events["Tick"]["Properties"] == {"Schedule": "rate(1 minute)"}
