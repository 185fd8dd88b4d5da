"""The page on the first day leads from an empty database to policies in force, as it says."""

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

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/first-day.md").read_text(encoding="utf-8")
PEOPLE, FORCE = re.findall(r"^```sh\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
POLICIES = re.compile(r"for POLICY in (.*?); do", re.DOTALL)
QUICK = ("insurance-advice",)
"""That of which the checks take a second."""
BIN = Path(sys.executable).parent
START_SECONDS = 90


def shipped() -> set[str]:
    return {path.parent.name for path in (ROOT / "rulesets").glob("*/*.yaml")}


def test_names_every_policy_but_the_ladders_of_single_articles() -> None:
    (named,) = POLICIES.findall(PAGE)
    assert {name for name in shipped() if not name.startswith("collections-s")} == {
        *named.replace("\\", " ").split()
    }


def test_two_people_put_the_policies_into_force(tmp_path: Path) -> None:
    for login in ("admin", "first", "second"):
        (tmp_path / f"{login}.password").write_text(f"the password of {login}")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {
        **os.environ,
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "PORT": str(port),
        "TERMWISE_DATABASE_URL": f"sqlite:///{tmp_path}/termwise.db",
        "TERMWISE_MASTER_KEY_FILE": f"{tmp_path}/master.key",
    }
    run(PEOPLE, tmp_path, environ)
    output = tmp_path / "serve.txt"
    with output.open("w") as file:
        server = subprocess.Popen(
            [BIN / "termwise", "serve"], cwd=tmp_path, env=environ, stdout=file, stderr=subprocess.STDOUT
        )
    try:
        where = address(server, output)
        script = POLICIES.sub(f"for POLICY in {' '.join(QUICK)}; do", FORCE)
        told = run(script.replace("http://127.0.0.1:8000", where), tmp_path, environ)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(20)
    policies = json.loads(told[told.rindex('{"policies"') :])["policies"]
    assert {one["policy"] for one in policies if one["active"]} == set(QUICK)


def run(script: str, folder: Path, environ: dict[str, str]) -> str:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder, env=environ, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def address(server: subprocess.Popen[bytes], output: Path) -> str:
    """Where the server answers, once it does."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert server.poll() is None, output.read_text()
        if found := re.search(r"serves on (http://[0-9.:]+)", output.read_text()):
            with urlopen(f"{found[1]}/readyz", timeout=30):
                return found[1]
        time.sleep(0.2)
    raise AssertionError(output.read_text())
