"""Runs commands as a user would, in a folder of the test's own, with a small ruleset in force."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from app.cli import main
from app.services.assembly import Services, open_services
from app.settings import Settings

RULESETS = Path(__file__).with_name("rulesets")
TERMWISE = [sys.executable, "-c", "from app.cli import main; main()"]
ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 120.0


@dataclass(frozen=True)
class Result:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Shell:
    """A folder with a database, and the environment of commands that use it."""

    folder: Path
    environment: Mapping[str, str]

    def run(self, *words: str | Path, stdin: str = "") -> Result:
        """Run a command to its end: all of it but the process, which takes a second to begin."""
        out, err = _stream(), _stream()
        kept = (sys.stdin, sys.stdout, sys.stderr, sys.argv, dict(os.environ), Path.cwd())
        sys.stdin, sys.stdout, sys.stderr = _stream(stdin), out, err
        sys.argv = ["termwise", *map(str, words)]
        os.environ.clear()
        os.environ.update(self.environment)
        os.chdir(self.folder)
        code = 0
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        finally:
            sys.stdin, sys.stdout, sys.stderr, sys.argv = kept[:4]
            os.environ.clear()
            os.environ.update(kept[4])
            os.chdir(kept[5])
        return Result(code, _read(out), _read(err))

    def start(self, *words: str | Path) -> subprocess.Popen[bytes]:
        """Start a command; what it prints goes to ``printed.txt``."""
        with (self.folder / "printed.txt").open("wb") as printed:
            return subprocess.Popen(
                [*TERMWISE, *map(str, words)],
                cwd=self.folder,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=printed,
            )

    def printed(self) -> str:
        return (self.folder / "printed.txt").read_text("utf-8")

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, "utf-8")
        return path

    def services(self, *, writing: bool = False) -> Services:
        return open_services(Settings.from_env(self.environment), writing=writing)


def _stream(text: str = "") -> TextIOWrapper:
    return TextIOWrapper(BytesIO(text.encode()), "utf-8", write_through=True)


def _read(stream: TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


def environment(folder: Path, rulesets: Path) -> dict[str, str]:
    """Everything a command needs, and nothing of the machine's own settings."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "PYTHONPATH": str(ROOT),
        "TERMWISE_DATABASE_URL": f"sqlite:///{folder}/termwise.db",
        "TERMWISE_MASTER_KEY_FILE": f"{folder}/master.key",
        "TERMWISE_RULESETS": str(rulesets),
    }


def new_shell(folder: Path) -> Shell:
    """A shell whose store is still empty; its rulesets folder holds the small ruleset, published."""
    rulesets = folder / "rulesets"
    shutil.copytree(RULESETS, rulesets)
    shell = Shell(folder, environment(folder, rulesets))
    assert shell.run("rulesets", "publish-list").code == 0
    return shell


def copied(made: Path, folder: Path) -> Shell:
    """A shell in a copy of the folder of another, which no command uses meanwhile."""
    shutil.copytree(made, folder)
    return Shell(folder, environment(folder, folder / "rulesets"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def eventually(what: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """The first truthy value of ``what``, asked again and again."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := what():
            return found
        time.sleep(0.05)
    raise AssertionError(f"nothing within {seconds} seconds")


def answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def lives(process: int) -> bool:
    """Whether a process is there and not merely waiting to be reaped.

    Of a process that is being killed the first thread may be gone before the
    others, which still hold its files and locks.
    """
    states = []
    with suppress(OSError):  # the process, or one of its threads, has ended meanwhile
        for thread in Path(f"/proc/{process}/task").glob("*/stat"):
            with suppress(OSError):
                states.append(thread.read_text("utf-8").rpartition(")")[2].split()[0])
    return any(state not in "ZX" for state in states)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process that the test started, if it still runs."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
