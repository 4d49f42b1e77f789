"""A spend from the till to the history."""

from tests.house import House


def spend_body(member_id: str, total_fen: int, **payments: int) -> dict[str, object]:
    paid = [{"method": method, "amount_fen": fen} for method, fen in payments.items()]
    return {"member_id": member_id, "total_fen": total_fen, "payments": paid}


def test_a_spend_takes_the_balance_once_however_often_it_is_sent(house: House) -> None:
    member_id = house.register("13800138001")
    house.top_up(member_id, "t1", 10_000, 2_000)
    body = spend_body(member_id, 5_000, balance=3_000, cash=2_000)
    first = house.till.put("/v1/stores/s1/spends/order-1", body)
    again = house.till.put("/v1/stores/s1/spends/order-1", body)
    assert (first.status, again.status) == (201, 200)
    assert first.json == again.json
    assert again.headers["Idempotent-Replay"] == "true"
    assert first.json["balance_after_fen"] == 9_000
    assert house.till.get(f"/v1/members/{member_id}").json["balance_fen"] == 9_000
    history = house.member(member_id).get("/v1/me/spends").json["items"]
    assert [item["kind"] for item in history] == ["spend", "top_up"]
