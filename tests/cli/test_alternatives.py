"""``termwise alternatives``."""

from __future__ import annotations

import json

import pytest

FACTS = {"due_date": "2026-01-01", "open_amount": "250.00", "rungs_done": ["FIRST"]}


@pytest.fixture
def decision(shell) -> str:
    body = shell.run(
        "decide", "reminders", "-", "--json", "--as-of", "2026-01-15", stdin=json.dumps(FACTS)
    ).json
    return str(body["id"])


def test_says_so_where_nothing_may_be_changed(shell, decision) -> None:
    done = shell.run("alternatives", decision)
    assert done.code == 0
    assert "The policy lets the requester change nothing here." in done.out
    assert "该政策下没有申请方可调整的内容。" in shell.run("alternatives", decision, "--lang", "zh").out
    assert shell.run("alternatives", decision, "--json").json["ways"] == []


def test_an_unknown_decision_is_told(shell) -> None:
    assert shell.run("alternatives", "01a201b6-6f9c-71c1-b0f3-6cd64ffd6430").code == 2
