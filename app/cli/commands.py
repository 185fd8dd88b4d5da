"""The tree of commands; each is imported when it is called, because most need a part of the service only."""

from __future__ import annotations

import gc
from importlib import import_module
from types import ModuleType

import click

_COMMANDS = {
    "serve": ("app.cli.serving.command", "Serve over HTTP, supervised."),
    "decide": ("app.cli.deciding", "Decide on one set of facts, and record it."),
    "batch": ("app.cli.batch.command", "Decide on every row of a CSV file; resumable."),
    "run": ("app.cli.run.command", "Run collections, reviews or monitoring over everything; resumable."),
    "replay": ("app.cli.replaying", "Decide recorded decisions again and compare."),
    "explain": ("app.cli.explaining", "Say of every rule why it did or did not fire."),
    "alternatives": ("app.cli.alternatives", "Say what would have given a milder outcome."),
    "statement": ("app.cli.statement", "Give a customer the reasons of a decision."),
    "audit": ("app.cli.audit.command", "Sign, prove, export and verify the log."),
    "sequencer": ("app.cli.audit.sequencer", "On PostgreSQL: sign the log, beside the servers."),
    "rulesets": (
        "app.cli.rulesets.command",
        "Check, compare, rehearse, list, show, sync and export rulesets.",
    ),
    "dmn": ("app.cli.dmn", "Run decision models (DMN) of others on their test cases."),
    "people": ("app.cli.people.command", "Create people; say what they may settle and look after."),
    "keys": ("app.cli.people.keys", "Create, list and revoke API keys."),
    "customers": ("app.cli.customers", "Fill and read the customer file; erase or hold customers."),
    "receivables": ("app.cli.receivables.command", "Import invoices and payments; measure, report, stress."),
    "retention": ("app.cli.retention", "Say how long decisions are kept, and erase what was kept so long."),
    "vault": ("app.cli.vault", "Replace the keys that seal: master key and data keys."),
}


class _Lazy(click.Group):
    """A group that knows its commands by name and one line, and imports only the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        command = getattr(_imported(_COMMANDS[cmd_name][0]), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in _COMMANDS.items()])


def _imported(name: str) -> ModuleType:
    """A module, imported without looking for garbage meanwhile: there is none, and looking takes a fifth."""
    gc.disable()
    try:
        return import_module(name)
    finally:
        gc.enable()


@click.command(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="termwise", message="%(version)s")
def termwise() -> None:
    """Termwise decides questions of trade credit by versioned rulesets, and records why.

    Settings come from the environment (TERMWISE_DATABASE_URL and others; the README lists them).
    """
