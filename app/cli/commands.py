"""The tree of commands; each is imported when it is called, because most need a part of the service only."""

from __future__ import annotations

from importlib import import_module

import click

_COMMANDS = {
    "serve": ("app.cli.serving.command", "Serve over HTTP, supervised."),
    "decide": ("app.cli.deciding", "Decide on one set of facts, and record it."),
    "batch": ("app.cli.batch.command", "Decide on every row of a CSV file; resumable."),
    "replay": ("app.cli.replaying", "Decide recorded decisions again and compare."),
    "explain": ("app.cli.explaining", "Say of every rule why it did or did not fire."),
    "audit": ("app.cli.audit.command", "Sign, prove, export and verify the log."),
    "sequencer": ("app.cli.audit.sequencer", "On PostgreSQL: sign the log, beside the servers."),
    "rulesets": (
        "app.cli.rulesets.command",
        "Check, compare, rehearse, list, show, sync and export rulesets.",
    ),
    "people": ("app.cli.people.command", "Create people; say what they may settle and look after."),
    "keys": ("app.cli.people.keys", "Create, list and revoke API keys."),
}


class _Lazy(click.Group):
    """A group that knows its commands by name and one line, and imports only the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        command = getattr(import_module(_COMMANDS[cmd_name][0]), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in _COMMANDS.items()])


@click.command(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="termwise", message="%(version)s")
def termwise() -> None:
    """Termwise decides questions of trade credit by versioned rulesets, and records why.

    Settings come from the environment (TERMWISE_DATABASE_URL and others; the README lists them).
    """
