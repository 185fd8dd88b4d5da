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
def port(tmp_path_factory):
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
        yield number
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(20)


def _wait_until_ready(port, server, output):
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert server.poll() is None, output.read_text()
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                return
        except OSError:
            time.sleep(0.3)
    raise AssertionError(output.read_text())


def run(block, port):
    """The standard output of a block, run as a reader would run it."""
    script = block.replace("127.0.0.1:8000", f"127.0.0.1:{port}")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def block_with(words):
    (found,) = [block for block in BLOCKS if words in block]
    return found


def test_a_new_customer_is_approved_with_conditions(port):
    answer = json.loads(run(block_with("approval.json"), port))
    assert answer["outcome"] == "approve-with-conditions"
    assert answer["outputs"]["credit_limit"] == "50000.00"
    assert [one["operand"] for one in answer["outputs"]["limit_components"]]


def test_a_long_term_with_little_in_advance_is_countered(port):
    answer = json.loads(run(block_with("terms.json"), port))
    assert answer["outcome"] == "counter"
    assert (answer["outputs"]["net_days"], answer["outputs"]["prepayment_due"]) == (90, "0.3000")


def test_a_red_warning_holds_deliveries_and_proposes_a_cut(port):
    answer = json.loads(run(block_with("limit.json"), port))
    assert answer["outputs"]["order_block"] == "NEW_DELIVERIES"
    assert answer["outputs"]["proposed_limit"] == "200000.00"
    assert answer["outputs"]["to_confirm"] == ["DECREASE"]


def test_a_late_invoice_is_pursued_for_what_nobody_disputes(port):
    answer = json.loads(run(block_with("invoice.json"), port))
    assert answer["outputs"]["stage"] == "LEGAL"
    assert answer["outputs"]["amount_pursued"] == "60000.00"
    assert answer["outputs"]["amount_held"] == "40000.00"


def test_a_decision_is_read_back_explained_in_chinese_and_replayed(port):
    run(block_with("invoice.json"), port)
    parts = _documents(run(block_with("/replay"), port))
    read, explained, letters, replayed = parts
    assert read["reference"] == "INV-2026-0033"
    assert any("\u4e00" <= character <= "\u9fff" for character in json.dumps(explained, ensure_ascii=False))
    assert letters["letters"]
    assert replayed["result"] == "identical"


def test_each_wrong_fact_is_named(port):
    problem = json.loads(run(block_with("order_amout"), port))
    assert problem["status"] == 422
    pointers = {one["pointer"] for one in problem["errors"]}
    assert {"/facts/grade", "/facts/order_amout", "/facts/prepayment"} <= pointers


def test_every_block_of_commands_is_run_by_a_test_here():
    words = ("approval.json", "terms.json", "limit.json", "invoice.json", "/replay", "order_amout")
    assert [block for block in BLOCKS if not any(word in block for word in words)] == []


def _documents(text):
    decoder, found = json.JSONDecoder(), []
    while text := text.lstrip():
        document, end = decoder.raw_decode(text)
        found.append(document)
        text = text[end:]
    return found
