"""The ``clerestory`` command: one word per room, loaded only when it is used."""

import importlib
import sqlite3
import sys

import click

from clerestory.cli.exit_codes import ExitCode
from clerestory.kernel import ClerestoryError, Corruption

_COMMANDS = {
    "decide": ("clerestory.cli.decide", "decide"),
    "disclose": ("clerestory.cli.answer", "disclose"),
    "refuse": ("clerestory.cli.answer", "refuse"),
    "receipt": ("clerestory.cli.answer", "receipt"),
    "verify": ("clerestory.cli.answer", "verify"),
    "keys": ("clerestory.cli.answer", "keys"),
    "holdings": ("clerestory.cli.holdings", "holdings"),
    "law": ("clerestory.cli.law", "law"),
    "log": ("clerestory.cli.log", "log"),
    "demo": ("clerestory.cli.demo", "demo"),
    "doctor": ("clerestory.cli.doctor", "doctor"),
}


class _Rooms(click.Group):
    """Import a command's module only when that command runs, so that a cold start is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, attribute = _COMMANDS[cmd_name]
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_Rooms, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="clerestory")
def program() -> None:
    """Disclosure control and public accounting for a state benefits agency."""


def main() -> None:
    """Run the program and turn every error into a message, a next step and an exit code."""
    try:
        program.main(standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.Abort:
        click.echo("stopped: nothing more was written", err=True)
        sys.exit(ExitCode.STOPPED)
    except click.ClickException as fault:
        fault.show()
        sys.exit(ExitCode.BAD_INPUT)
    except Corruption as fault:
        _tell(fault)
        sys.exit(ExitCode.CORRUPTION)
    except ClerestoryError as fault:
        _tell(fault)
        sys.exit(ExitCode.BAD_INPUT)
    except (OSError, sqlite3.OperationalError) as fault:
        click.echo(f"error: {fault}", err=True)
        click.echo("  code: machine", err=True)
        click.echo(
            "  next: check the disk, the path and its rights; then run the same again", err=True
        )
        sys.exit(ExitCode.MACHINE)


def _tell(fault: ClerestoryError) -> None:
    click.echo(f"error: {fault}", err=True)
    click.echo(f"  code: {fault.code}", err=True)
    if fault.todo:
        click.echo(f"  next: {fault.todo}", err=True)
