"""Head office opens and changes stores; of two who change the same one, the second is told."""

import random

from tests.house import House

SETTINGS = {"name": "西湖店", "zone": "Asia/Shanghai", "day_cut_hour": 4}


def test_a_change_names_the_version_that_was_read(house: House) -> None:
    path = f"/v1/stores/store-{random.randrange(10**6)}"
    opened = house.office.put(path, SETTINGS)
    assert (opened.status, house.office.get(path).status) == (201, 200)
    read = house.office.get(path).headers["ETag"]
    assert read == opened.headers["ETag"]

    blind = house.office.put(path, SETTINGS)
    assert (blind.status, blind.json["code"]) == (428, "precondition_required")
    changed = house.office.put(path, SETTINGS | {"name": "西湖一店"}, if_match=read)
    assert (changed.status, changed.json["name"]) == (200, "西湖一店")
    late = house.office.put(path, SETTINGS | {"name": "西湖二店"}, if_match=read)
    assert late.status == 412
    assert house.office.get(path).json["name"] == "西湖一店"


def test_a_time_zone_must_be_one(house: House) -> None:
    reply = house.office.put("/v1/stores/nowhere", SETTINGS | {"zone": "Mars/Olympus"})
    assert (reply.status, reply.json["errors"][0]["pointer"]) == (422, "/zone")
    assert house.office.get("/v1/stores/nowhere").status == 404
