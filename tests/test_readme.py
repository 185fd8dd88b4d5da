"""The README's commands do what it says, on a fresh service with nothing but the shipped files."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
START_SECONDS = 90


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """The port of a service with the demonstration, and the key that it prints."""
    folder = tmp_path_factory.mktemp("readme")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = probe.getsockname()[1]
    environ = {
        **os.environ,
        "PORT": str(number),
        "TERMWISE_DATABASE_URL": f"sqlite:///{folder}/termwise.db",
        "TERMWISE_MASTER_KEY_FILE": f"{folder}/master.key",
    }
    termwise = Path(sys.executable).with_name("termwise")
    with (folder / "serve.txt").open("w") as output:
        server = subprocess.Popen(
            [termwise, "serve", "--demo"], cwd=ROOT, env=environ, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        _wait_until_ready(number, server, folder / "serve.txt")
        (key,) = re.findall("^TERMWISE_KEY=(.+)$", (folder / "serve.txt").read_text(), re.MULTILINE)
        yield number, key
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(20)


def _wait_until_ready(port, server, output):
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert server.poll() is None, output.read_text()
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                if re.search(r"^TERMWISE_KEY=.+\n", output.read_text(), re.MULTILINE):
                    return
        except OSError:
            pass
        time.sleep(0.3)
    raise AssertionError(output.read_text())


def run(block, service):
    """The standard output of a block, run as a reader would run it."""
    port, key = service
    script = block.replace("127.0.0.1:8000", f"127.0.0.1:{port}")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=ROOT,
        env={**os.environ, "TERMWISE_KEY": key},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def block_with(words):
    (found,) = [block for block in BLOCKS if words in block]
    return found


def test_a_new_customer_is_approved_with_conditions(service):
    answer = json.loads(run(block_with("approval.json"), service))
    assert answer["outcome"] == "approve-with-conditions"
    assert answer["outputs"]["credit_limit"] == "50000.00"
    assert [one["operand"] for one in answer["outputs"]["limit_components"]]


def test_a_long_term_with_little_in_advance_is_countered(service):
    answer = json.loads(run(block_with("terms.json"), service))
    assert answer["outcome"] == "counter"
    assert (answer["outputs"]["net_days"], answer["outputs"]["prepayment_due"]) == (90, "0.3000")


def test_a_red_warning_holds_deliveries_and_proposes_a_cut(service):
    answer = json.loads(run(block_with("limit.json"), service))
    assert answer["outputs"]["order_block"] == "NEW_DELIVERIES"
    assert answer["outputs"]["proposed_limit"] == "200000.00"
    assert answer["outputs"]["to_confirm"] == ["DECREASE"]


def test_a_late_invoice_is_pursued_for_what_nobody_disputes(service):
    answer = json.loads(run(block_with("invoice.json"), service))
    assert answer["outputs"]["stage"] == "LEGAL"
    assert answer["outputs"]["amount_pursued"] == "60000.00"
    assert answer["outputs"]["amount_held"] == "40000.00"


def test_a_decision_is_read_back_explained_in_chinese_and_replayed(service):
    run(block_with("invoice.json"), service)
    parts = _documents(run(block_with("/replay"), service))
    read, explained, letters, replayed = parts
    assert read["reference"] == "INV-2026-0033"
    assert any("\u4e00" <= character <= "\u9fff" for character in json.dumps(explained, ensure_ascii=False))
    assert letters["letters"]
    assert replayed["result"] == "identical"


def test_each_wrong_fact_is_named(service):
    problem = json.loads(run(block_with("order_amout"), service))
    assert problem["status"] == 422
    pointers = {one["pointer"] for one in problem["errors"]}
    assert {"/facts/grade", "/facts/order_amout", "/facts/prepayment"} <= pointers


def test_a_change_goes_from_draft_to_active_and_back_by_two_officers(service):
    answers = _documents(run(block_with("sign_in demo-officer"), service))
    told = [one.get("state") or one.get("status") or one.get("passed") for one in answers[:-1]]
    assert told == [
        *("draft", "draft", 422, "draft", True, "submitted", 403),
        *("approved", "approved", "approved", "active", "active"),
    ]
    assert "claims_paid_within 15, got 20" in answers[2]["errors"][0]["detail"]
    assert answers[8]["scheduled_for"] == "2199-01-01T00:00:00.000000Z"
    assert [one["move"] for one in answers[-1]["events"]] == [
        *("create", "edit", "edit", "submit", "approve", "activate", "withdraw", "activate")
    ]


def test_every_block_of_commands_is_run_by_a_test_here():
    words = ("approval.json", "terms.json", "limit.json", "invoice.json", "/replay", "order_amout", "sign_in")
    assert [block for block in BLOCKS if not any(word in block for word in words)] == []


def _documents(text):
    decoder, found = json.JSONDecoder(), []
    while text := text.lstrip():
        document, end = decoder.raw_decode(text)
        found.append(document)
        text = text[end:]
    return found
