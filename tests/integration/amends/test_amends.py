"""Making good over the real edges: who is found and why, what it costs, who is given something, once."""

from tests.house import House
from tests.integration.amends.outage import an_outage, points, run, spend


def test_who_spent_at_a_touched_store_gets_points_once(house: House) -> None:
    outage = an_outage(house, ("s1",))
    touched, elsewhere = (house.register(f"1380000000{n}") for n in (1, 2))
    spend_id = spend(house, touched)
    spend(house, elsewhere, "s2")
    outage.resolve()
    tag = outage.previewed()
    assert list(outage.affected()) == [touched]
    assert outage.affected()[touched]["reasons"][0]["about"] == spend_id
    assert points(house, touched) == 0
    assert outage.give(tag).status == 201
    run()
    assert outage.give(tag).status == 200
    run()
    assert outage.amends().json["result"]["given"] == 1
    assert (points(house, touched), points(house, elsewhere)) == (50, 0)
