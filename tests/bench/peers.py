"""The other engines: their harness copied to ``var/bench/peers``, run there with the same 10,000 inputs.

The folder of the harness is named by ``BENCH_PEERS`` (default ``../shared/bench/peers``). Each engine
runs in a process of its own and prints one line of JSON with ``n`` decisions and ``cpu_s`` seconds.
"""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from pathlib import Path
from typing import Any

from tests.bench.machine import ROOT, WORK, NotMeasured, run, run_json

SOURCE = Path(os.environ.get("BENCH_PEERS", ROOT.parent / "shared" / "bench" / "peers"))
PEERS = WORK / "peers"
VENV = WORK / "venv"
PYTHON = VENV / "bin" / "python"
PACKAGES = VENV / "lib" / f"python{sysconfig.get_python_version()}" / "site-packages"
"""Also put on the path of a server that is only measured: gunicorn and waitress live here."""

_COPIED = ("policy.py", "gen_facts.py", "run_py.py", "spec.json", "engines", "java")
_INPUTS = 10_000


def prepare() -> None:
    """Copy the harness and let it make its inputs and their expected outputs; raises ``NotMeasured``."""
    if not (SOURCE / "policy.py").is_file():
        raise NotMeasured(f"no harness of the peers at {SOURCE}; name its folder with BENCH_PEERS")
    PEERS.mkdir(parents=True, exist_ok=True)
    for name in _COPIED:
        source, copy = SOURCE / name, PEERS / name
        if source.is_dir():
            for file in source.glob("*.*"):
                copy.mkdir(exist_ok=True)
                (copy / file.name).write_bytes(file.read_bytes())
        else:
            copy.write_bytes(source.read_bytes())
    run([sys.executable, "gen_facts.py", str(_INPUTS)], cwd=PEERS)
    run([sys.executable, "policy.py"], cwd=PEERS)


def install(*requirements: str) -> None:
    """Put packages into the private environment, without what they depend on; raises ``NotMeasured``."""
    if not PACKAGES.is_dir():
        base = Path(sys.base_prefix) / "bin" / f"python{sysconfig.get_python_version()}"
        run([str(base if base.exists() else sys.executable), "-m", "venv", "--clear", str(VENV)])
    installed = {
        name.partition("-")[0].lower() for name in os.listdir(PACKAGES) if name.endswith(".dist-info")
    }
    missing = [
        one for one in requirements if one.partition("=")[0].replace("-", "_").lower() not in installed
    ]
    if missing:
        run([str(PYTHON), "-m", "pip", "install", "--quiet", "--no-deps", *missing])


def reference(*, check: bool = False) -> dict[str, Any]:
    """The harness's own evaluator in plain Python: it tells how fast the machine is just now."""
    return run_json([sys.executable, "run_py.py", "py_reference", *_amount(check, 1.0)], cwd=PEERS)


class Zen:
    """GoRules zen, in Rust, with its trace."""

    name = "GoRules zen, with trace"

    def __init__(self) -> None:
        install("zen-engine==2.1.3")

    def measured(self, seconds: float, *, check: bool = False) -> dict[str, Any]:
        command = [str(PYTHON), "run_py.py", "zen_engine", "--mode", "traced"]
        return run_json([*command, *_amount(check, seconds)], cwd=PEERS)


class Drools:
    """Drools on the JVM, from the jar inside drools-jpy, with a listener that notes every rule fired."""

    name = "Drools on the JVM, with trace"

    def __init__(self) -> None:
        if shutil.which("java") is None or shutil.which("javac") is None:
            raise NotMeasured("Drools needs java and javac: apt-get install default-jdk-headless")
        install("drools-jpy==0.4.1")
        jars = list((PACKAGES / "drools" / "jars").glob("*.jar"))
        if not jars:
            raise NotMeasured("the package drools-jpy holds no jar any more")
        self._path = os.pathsep.join([*map(str, jars), str(PEERS / "java")])
        run(["javac", "-cp", self._path, "DroolsBench.java"], cwd=PEERS / "java")

    def measured(self, seconds: float, *, check: bool = False) -> dict[str, Any]:
        """20,000 decisions to warm the compiler, then 10,000 that count, however many ``seconds``."""
        del seconds
        command = ["java", "-Xmx1g", "-cp", self._path, "DroolsBench", "--root", ".", "--mode", "traced"]
        amount = ["--check", str(_INPUTS), "--n", "100"] if check else ["--n", str(_INPUTS)]
        return run_json([*command, *amount], cwd=PEERS)


def _amount(check: bool, seconds: float) -> list[str]:
    return ["--check", str(_INPUTS)] if check else ["--n", "5000", "--wall", str(seconds)]
