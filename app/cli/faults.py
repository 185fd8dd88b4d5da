"""What went wrong, in words for whoever typed the command, and the exit code that tells a program."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from app.domain.errors import Problem, TermwiseError
from app.settings import UnsafeSetting

DONE, TO_LOOK_AT, NOT_DONE, INTERRUPTED = 0, 1, 2, 130
MOST_PROBLEMS = 20
MOST_BYTES = 4 * 1024 * 1024


class Unusable(click.ClickException):
    """An argument or file that cannot be used; says what it is and what would do."""

    exit_code = NOT_DONE


def run(command: click.Command) -> None:
    """Run ``command`` with the arguments of this process and end with its exit code."""
    logging.getLogger().addHandler(logging.NullHandler())  # what goes wrong is told here, and once
    try:
        code = command.main(standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):  # a batch that has begun says more itself
        click.echo("Interrupted. What was recorded until then stays recorded.", err=True)
        code = INTERRUPTED
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # whoever read this has enough
        code = DONE
    except (TermwiseError, UnsafeSetting, OSError) as error:
        for line in lines(error):
            click.echo(line, err=True)
        code = NOT_DONE
    sys.exit(code)


def lines(error: Exception) -> Iterator[str]:
    """An error as lines to print: what is wrong, then each problem."""
    if isinstance(error, TermwiseError):
        yield error.message
        for problem in error.problems[:MOST_PROBLEMS]:
            if problem.message not in error.message:
                yield f"  {said(problem)}"
        if len(error.problems) > MOST_PROBLEMS:
            yield f"  and {len(error.problems) - MOST_PROBLEMS} more"
    elif isinstance(error, OSError) and error.strerror and error.filename is not None:
        yield f"{error.filename}: {error.strerror}"
    else:
        yield str(error) or type(error).__name__


def said(problem: Problem) -> str:
    """One problem in one line, with the line of the text that it is about."""
    told = problem.line is None or f":{problem.line}:" in problem.message
    return problem.message if told else f"line {problem.line}: {problem.message}"


def readable(path: Path) -> bytes:
    """The bytes of a file named on the command line; raises ``Unusable``, also when it has no end."""
    try:
        with path.open("rb") as file:
            found = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Unusable(f"{path}: {error.strerror or error}") from None
    if len(found) > MOST_BYTES:
        raise Unusable(
            f"{path} has more than {MOST_BYTES // 1024 // 1024} MiB, which no ruleset or request has"
        )
    return found
