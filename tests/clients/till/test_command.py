"""The command: what it says in two languages, how it ends, what it keeps to itself."""

import json
import stat
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dengta_till import ConfigError, JournalError, Till
from dengta_till.cli import main
from dengta_till.config import load
from tests.clients.till.processes import Command, configured, piping
from tests.clients.till.shop import Shop

LANGUAGES = ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE")


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*LANGUAGES, "DENGTA_TILL_KEY", "DENGTA_STAFF_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def config(shop: Shop, tmp_path: Path) -> Path:
    """An enrolled till with its configuration on disk."""
    shop.enrolled().close()
    return configured(tmp_path, [shop.bridge.url], shop.house.till.token, patience_s=0.2)


def test_a_manager_enrolls_and_the_key_is_nobody_elses(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.house.staff(shop.house.store, "store_manager", "09")
    path = configured(tmp_path, [shop.bridge.url], shop.house.till.token)
    monkeypatch.setenv("DENGTA_TILL_PIN", "2468")
    command = ["--config", str(path), "--json", "--staff-no", "09", "enroll", "--name", "前台"]
    assert main(command) == 0
    assert main(command) == 0, "again is harmless"
    key = shop.home / "device.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert key.read_text() not in capsys.readouterr().out
    key.chmod(0o644)
    assert main(["--config", str(path), "status"]) == 2
    assert "chmod 600" in capsys.readouterr().err


def test_a_sale_refusal_and_dead_line_by_command(
    shop: Shop, config: Path, member_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    till = ["--config", str(config), "--json"]
    assert main([*till, "spend", member_id, "500", "--pay", "balance=500", "--name", "c-1"]) == 0
    assert json.loads(capsys.readouterr().out)["state"] == "taken"
    assert main([*till, "spend", member_id, "99999", "--pay", "balance=99999"]) == 1
    assert json.loads(capsys.readouterr().out)["reason"] == "balance_too_low"
    assert main([*till, "spend", member_id, "500", "--pay", "balance=400"]) == 2
    shop.weather = ["cut"]
    assert main([*till, "spend", member_id, "500", "--pay", "cash=500", "--name", "c-2"]) == 0
    assert main([*till, "refund", "c-1", "--reason", "spilled"]) == 3
    assert main([*till, "lookup", "--phone", "13800138000"]) == 4
    shop.weather = ["fair"]
    capsys.readouterr()
    assert main([*till, "replay"]) == 0
    done = json.loads(capsys.readouterr().out)
    assert [each["outcome"] for each in done["named"]] == ["taken"]
    assert list(done["asked"].values()) == ["taken"]
    for command in (["status"], ["verify"], ["prune"], ["keys"], ["export"]):
        assert main([*till, *command]) == 0


def test_a_sale_that_was_open_at_a_kill_is_named_and_can_be_given_up(
    shop: Shop, config: Path, member_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    came = threading.Event()
    shop.bridge.passed = lambda _moment: came.set()
    shop.weather = ["hang"]
    paid = [{"method": "balance", "amount_fen": 1_679}]
    sale = {"do": "spend", "member_id": member_id, "total_fen": 1_679, "payments": paid}
    with piping(config, [sale]) as killed:
        assert came.wait(20)
        killed.kill()
    till = ["--config", str(config)]
    assert main([*till, "--json", "status"]) == 0
    (left,) = json.loads(capsys.readouterr().out)["open"]
    assert (left["kind"], left["total_fen"], left["member_id"]) == ("spend", 1_679, member_id)
    assert datetime.fromisoformat(left["begun_at"]) <= datetime.now(UTC)
    shop.weather = ["fair"]
    assert main([*till, "abandon", left["name"], "--reason", "rung up again"]) == 0
    assert main([*till, "status"]) == 0
    assert "spend · given up" in capsys.readouterr().out
    assert main([*till, "replay"]) == 0
    assert shop.balance_fen(member_id) == 10_000


@pytest.mark.parametrize("command", ["status", "replay"])
def test_what_is_undecided_is_shown_before_anything_is_sent(
    shop: Shop, config: Path, member_id: str, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    till = ["--config", str(config)]
    name = "n" * 64
    shop.weather = ["late cut"]
    spend = ["spend", member_id, "1679", "--pay", "balance=1679", "--name", name]
    assert main([*till, *spend]) == 3
    assert main([*till, "refund", "any-1", "--reason", "cold", "--name", "back-1"]) == 3
    shop.weather = ["cut"]
    capsys.readouterr()
    main([*till, command])
    rows = [line for line in capsys.readouterr().out.splitlines() if member_id in line]
    assert len(rows) == 1
    assert all(each in rows[0] for each in ("spend", name, "1679"))
    shop.weather = ["fair"]
    main([*till, "replay"])
    capsys.readouterr()
    assert main([*till, command]) == 0
    assert name not in capsys.readouterr().out, "decided"


def test_people_read_their_own_language(
    shop: Shop, config: Path, member_id: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    spend = ["--config", str(config), "spend", member_id, "99999", "--pay", "balance=99999"]
    assert main(spend) == 1
    assert "balance_too_low" in capsys.readouterr().err
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert main(spend) == 1
    assert "余额不足" in capsys.readouterr().err
    shop.weather = ["cut"]
    cash = ["--config", str(config), "spend", member_id, "100", "--pay", "cash=100"]
    assert main(cash) == 0
    assert "已离线记下" in capsys.readouterr().out
    shop.weather = ["fair"]
    assert main(cash) == 0
    assert "taken 1" in capsys.readouterr().out, "the line is back: what waits goes with it"
    assert main(["--config", str(config), "status"]) == 0
    assert "已入账" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("endpoints = [", "till.toml"),
        ("", "endpoints"),
        ('endpoints = ["http://dengta.example/api"]\nstore_id = "s1"', "https"),
        ('endpoints = ["https://dengta.example/api"]', "store_id"),
        ('endpoints = ["https://dengta.example/api"]\nstore_id = "s1"\nstroe = 1', "stroe"),
        ('endpoints = ["https://dengta.example/api"]\nstore_id = 7', "store_id"),
        ('endpoints = ["https://d.example"]\nstore_id = "s"\npatience_s = 0', "patience_s"),
        ('endpoints = ["https://d.example"]\nstore_id = "s"\nterminal_key_file = "x"', "x"),
    ],
)
def test_a_wrong_configuration_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "till.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as wrong:
        load(str(path))
    assert said in str(wrong.value)


def test_a_configuration_that_is_not_there_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--config", str(tmp_path / "none.toml"), "status"]) == 2
    assert "none.toml" in capsys.readouterr().err


def test_a_journal_that_is_none_is_named(shop: Shop) -> None:
    shop.home.mkdir()
    (shop.home / "journal.sqlite3").write_bytes(b"this is no database, whatever its name" * 200)
    with pytest.raises(JournalError) as wrong:
        shop.till()
    assert "journal.sqlite3" in str(wrong.value)


def test_a_lost_key_is_never_replaced_in_a_journal_with_records(
    shop: Shop, member_id: str, config: Path
) -> None:
    shop.weather = ["cut"]
    cash = ["--config", str(config), "spend", member_id, "100", "--pay", "cash=100"]
    assert main(cash) == 0
    (shop.home / "device.key").unlink()
    with pytest.raises(JournalError):
        Till(load(str(config)))


def test_two_processes_on_one_journal_make_one_chain(
    shop: Shop, config: Path, member_id: str
) -> None:
    shop.weather = ["cut"]
    paid = [{"method": "cash", "amount_fen": 7}]
    orders = [
        [
            {"do": "spend", "name": f"{who}-{number}", "member_id": member_id, "total_fen": 7,
             "payments": paid}
            for number in range(20)
        ]
        for who in ("left", "right")
    ]  # fmt: skip
    with piping(config, orders[0]) as left, piping(config, orders[1]) as right:
        told = [
            json.loads(line)
            for till in (left, right)
            for line in (till.stdout or ())
        ]  # fmt: skip
    assert sorted(each["counter"] for each in told) == list(range(1, 41))
    shop.weather = ["fair"]
    with shop.till() as till:
        assert till.verify() == 40
        assert {each.outcome for each in till.replay().named} == {"taken"}


def test_a_command_that_is_none_is_answered_and_the_next_is_heard(
    shop: Shop, config: Path, member_id: str
) -> None:
    commands: list[Command] = [
        {"do": "dance"},
        {"do": "spend", "member_id": member_id},
        {"do": "order", "name": "never"},
        {"do": "lookup", "phone_tail": "0000", "card_no": "1"},
        {"do": "card", "card": shop.card(member_id)},
        {"do": "top_up", "member_id": member_id, "paid_fen": 100, "method": "cash", "name": "p-1"},
        {"do": "abandon", "name": "never", "reason": "none"},
        {"do": "status"},
        {"do": "verify"},
        {"do": "replay"},
    ]
    with piping(config, commands) as till:
        told = [json.loads(line) for line in (till.stdout or ())]
    assert [each["ok"] for each in told] == [False, False, True, False] + [True] * 6
    assert [each["error"] for each in told[:2]] == ["bad_order", "bad_order"]
    assert told[3]["reason"] == "invalid_request"
    assert (told[4]["member_id"], told[5]["balance_after_fen"]) == (member_id, 10_100)
