"""What the template hands to the functions is what the functions read."""

import re

import msgspec

from chalicelib.config import Settings, read
from infra.packing.source import harmless
from infra.settings import SETTINGS
from infra.tables import TABLES
from infra.template import site

SET_BY_LAMBDA = {"AWS_REGION", "AWS_ENDPOINT_URL"}
PARAMETER_NAME = re.compile(r"^[A-Za-z0-9]+$")


def test_the_functions_read_just_the_settings_that_the_template_gives() -> None:
    read_names = {field.encode_name for field in msgspec.structs.fields(Settings)}
    given = {one.env for one in SETTINGS if one.functions} | {one.env for one in TABLES}
    assert read_names - SET_BY_LAMBDA == given | set(site.place())


def test_the_templates_defaults_are_settings_that_a_function_accepts() -> None:
    defaults = {one.env: one.default for one in SETTINGS}
    settings = read({**harmless(), **defaults})
    assert settings.providers == []
    assert settings.tencent_sms_secret_key_param == ""


def test_parameter_names_are_what_cloudformation_takes() -> None:
    assert all(PARAMETER_NAME.match(one.parameter) for one in SETTINGS)
    assert len({one.parameter for one in SETTINGS}) == len(SETTINGS)
