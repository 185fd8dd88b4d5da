"""Where measurements leave their files, how much processor time processes used, and what machine this is."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "var" / "bench"
KEY = "BENCH_KEY"
"""The variable that holds the API key under which servers are asked."""
_TICKS = os.sysconf("SC_CLK_TCK")


class NotMeasured(Exception):
    """Something that a measurement needs is not on this machine; the message says what, and how to get it."""


def run(
    command: Sequence[str], *, cwd: Path = ROOT, env: Mapping[str, str] | None = None, timeout: float = 300
) -> str:
    """What a command prints; raises ``NotMeasured`` with its last words when it fails or takes too long."""
    name = " ".join(Path(command[0]).name if i == 0 else part for i, part in enumerate(command[:4]))
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env={**os.environ, **(env or {})},
            capture_output=True,
            text=True,
            timeout=timeout,
        )
    except FileNotFoundError:
        raise NotMeasured(f"{command[0]} is not on this machine") from None
    except subprocess.TimeoutExpired:
        raise NotMeasured(f"{name} took longer than {timeout:.0f} s") from None
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-3:]
        raise NotMeasured(f"{name} failed: {' | '.join(last)}")
    return done.stdout


def run_json(command: Sequence[str], **options: Any) -> dict[str, Any]:
    """The last line that a command prints, which is JSON; raises ``NotMeasured``."""
    printed = run(command, **options)
    for line in reversed(printed.strip().splitlines()):
        if line.startswith("{"):
            found: dict[str, Any] = json.loads(line)
            return found
    raise NotMeasured(f"{Path(command[0]).name} printed no result")


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    found = [pid]
    for known in found:
        try:
            for task in Path(f"/proc/{known}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
        except OSError:  # it ended while we looked
            continue
    return found


def cpu_seconds(pids: Sequence[int]) -> float:
    """Processor time of living processes, user and system, to a hundredth of a second."""
    total = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / _TICKS


def memory(pids: Sequence[int]) -> int:
    """Bytes of living processes that are in memory."""
    total = 0
    for pid in pids:
        try:
            total += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        except OSError:
            continue
    return total * os.sysconf("SC_PAGE_SIZE")


def busy_seconds() -> float:
    """Processor time that the whole machine has spent on anything."""
    fields = [int(one) for one in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / _TICKS


def description() -> str:
    """Processor, memory and Python, in one line for a table's caption."""
    cpu = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            cpu = line.partition(":")[2].strip()
            break
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return (
        f"{os.cpu_count()} cores of {cpu}, {memory:.0f} GiB, Linux {platform.release().split('-')[0]},"
        f" CPython {platform.python_version()}"
    )


def load_average() -> str:
    """How many processes wanted to run during the last minute: above the number of cores, figures suffer."""
    return f"{os.getloadavg()[0]:.1f}"


def today() -> str:
    """The day of the measurement."""
    return time.strftime("%Y-%m-%d")
