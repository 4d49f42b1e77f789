"""What the template holds beside what Chalice writes; `chalice package` merges both."""

from typing import Any

from infra.functions import FUNCTIONS
from infra.template import alarms, api, functions, keys, parameters, receivers, site, tables


def merge_template() -> dict[str, Any]:
    """The template to merge: dictionaries join Chalice's, lists and scalars replace them."""
    return {
        "Description": "Dengta: the membership backend of a chain of stores",
        "Parameters": parameters.declared(),
        "Conditions": {
            "IsKept": {"Fn::Not": [{"Fn::Equals": [{"Ref": "DengtaStage"}, "local"]}]},
            **receivers.conditions(),
            **site.conditions(),
        },
        "Resources": {
            **keys.resources(),
            **tables.resources(),
            **api.resources(),
            **site.resources(),
            **receivers.resources(),
            **{key: value for one in FUNCTIONS for key, value in functions.resources(one).items()},
            **{key: value for one in FUNCTIONS for key, value in alarms.resources(one).items()},
        },
        "Outputs": outputs(),
    }


def outputs() -> dict[str, Any]:
    """What the deploy prints and the smoke check reads: key, tables and functions."""
    named: dict[str, Any] = {"DataKeyArn": {"Value": {"Fn::GetAtt": ["DataKey", "Arn"]}}}
    named["PublishRoleArn"] = {"Value": {"Fn::GetAtt": ["PublishRole", "Arn"]}}
    named |= receivers.outputs() | site.outputs()
    named |= {name: {"Value": {"Ref": name}} for name in tables.resources()}
    return named | {one.logical_id: {"Value": {"Ref": one.logical_id}} for one in FUNCTIONS}
