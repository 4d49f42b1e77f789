"""The template's parameters: the settings, and where the package lies."""

from typing import Any

from infra.settings import SETTINGS, Setting

STAGES = ["local", "dev", "prod"]
PARAMETER_NAME = "^(/[A-Za-z0-9_./-]+)?$"


def declared() -> dict[str, Any]:
    """All parameters by name."""
    return {setting.parameter: setting_parameter(setting) for setting in SETTINGS} | {
        "ArtifactBucket": {"Type": "String", "Description": "bucket that holds the package"},
        "ArtifactKey": {"Type": "String", "Description": "the package inside the bucket"},
    }


def setting_parameter(setting: Setting) -> dict[str, Any]:
    """One setting; the name of a secret begins with a slash or is left empty."""
    shape: dict[str, Any] = {
        "Type": "String",
        "Default": setting.default,
        "Description": setting.about,
    }
    if setting.env == "DENGTA_STAGE":
        shape["AllowedValues"] = STAGES
    if setting.names_a_secret:
        shape["AllowedPattern"] = PARAMETER_NAME
        shape["ConstraintDescription"] = "an SSM parameter's name, beginning with /, or nothing"
    return shape
