"""``termwise serve``: keep one server running until told to stop."""

from __future__ import annotations

import os
import socket
import sys
from dataclasses import replace
from functools import partial

import click

from app.cli import demo, demo_people, opening
from app.cli.faults import Unusable
from app.cli.serving import server
from app.cli.serving.group import ProcessGroup
from app.cli.serving.supervisor import Patience, Supervisor
from app.settings import Settings
from app.store.databases import load_driver


@click.command()
@click.option(
    "--demo",
    "with_demo",
    is_flag=True,
    help="Into an empty store: the shipped rulesets and a made-up portfolio.",
)
@click.option("--host", help="Address to listen on.  [HOST or 127.0.0.1]")
@click.option("--port", type=int, help="Port to listen on.  [PORT or 8000]")
@click.option("--silence", type=click.FloatRange(0.5, 600), default=5.0, show_default=True, metavar="SECONDS",
              help="Replace a server that gives no sign of life for this long.")  # fmt: skip
def serve(with_demo: bool, host: str | None, port: int | None, silence: float) -> None:
    """Serve over HTTP until Ctrl-C or SIGTERM, and replace the server when it hangs or dies."""
    chosen = opening.settings(HOST=host, PORT=port)
    chosen = replace(chosen, host=chosen.listening())  # granian takes addresses, no names
    _check_free(chosen.host, chosen.port)
    load_driver(chosen.database_url)
    words = _prepared(chosen) if with_demo else _words(chosen)
    Supervisor(
        lambda: ProcessGroup(partial(server.serve, chosen, os.getpid())),
        (chosen.host, chosen.port),
        patience=Patience(silence=silence),
        ready=lambda: _say(words),
        say=_say,
    ).run()


def _prepared(chosen: Settings) -> str:
    """Load the demonstration, where that has not been done; what to print when the server answers.

    The store is closed again: from then on the server writes.
    """
    with opening.writing(chosen) as services:
        for line in demo.load(services, opening.OPERATOR):
            _say(line)
        return demo.suggestion(services, _url(chosen), demo_people.key(services))


def _words(chosen: Settings) -> str:
    """What to print when the server answers; said without opening the store: all would wait for that."""
    url = _url(chosen)
    return "\n".join(
        (
            f"Termwise serves on {url}   (Ctrl-C stops it)",
            f"Whether all is as it should be: {url}/readyz; what may be asked: {url}/v1/policies",
            "Callers need a key: termwise keys create LOGIN; people come from termwise people create.",
        )
    )


def _url(chosen: Settings) -> str:
    host = f"[{chosen.host}]" if ":" in chosen.host else chosen.host
    return f"http://{host}:{chosen.port}"


def _check_free(host: str, port: int) -> None:
    """Refuse a port that is in use; two servers that share one (SO_REUSEPORT) would answer in turn."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            remedy = "Stop what listens there, or give another with --port (or PORT)."
            raise Unusable(f"Port {port} of {host} cannot be used: {error.strerror}. {remedy}") from None


def _say(line: str) -> None:
    click.echo(line)
    sys.stdout.flush()
