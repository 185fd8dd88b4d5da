"""The shell: all that Termwise does, as commands of ``termwise``.

click, rich and granian live here and nowhere else. A command reads as its
arguments, one service, what is printed; it decides nothing of its own. Whoever
sits at the shell has the database and the keys in hand, so he is the operator:
he may give any fact and any day.

Exit codes: 0 done; 1 done, with something to look at (refused rows, a replay
that differs, a finding); 2 not done, and why is said in one line; 130
interrupted. A traceback is never part of an answer.
"""

from __future__ import annotations


def main() -> None:
    """Run the command that the arguments name; it is imported only now, so that ``--help`` is quick."""
    from app.cli.commands import termwise
    from app.cli.faults import run

    run(termwise)
