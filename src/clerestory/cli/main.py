"""The ``clerestory`` command: one word per room, loaded only when it is used."""

import importlib
import sqlite3
import sys

import click

from clerestory.cli.exit_codes import ExitCode
from clerestory.kernel import ClerestoryError, Corruption

_COMMANDS = {
    "decide": ("clerestory.cli.decide", "Decide a demand person by person and field by field."),
    "demo": ("clerestory.cli.demo", "Play the real story in the terminal, each step a command."),
    "disclose": ("clerestory.cli.answer", "Make the sealed package of what may be released."),
    "doctor": (
        "clerestory.cli.doctor",
        "List the parts of the machine: found, missing, and for what.",
    ),
    "holdings": (
        "clerestory.cli.holdings",
        "Check the catalogue, find one person, make an agency up.",
    ),
    "keys": ("clerestory.cli.answer", "Make the agency's and a recipient's keys."),
    "lab": ("clerestory.cli.lab", "Compare other ways to control disclosure on the same demands."),
    "law": ("clerestory.cli.law", "Check the law packs, show an authority, run known answers."),
    "log": ("clerestory.cli.log", "The transparency log: append, prove, verify, witness."),
    "receive": ("clerestory.cli.answer", "Log a demand and draw its number, before all else."),
    "receipt": ("clerestory.cli.answer", "Record the recipient's signed receipt."),
    "refuse": ("clerestory.cli.answer", "Write the refusal letter and the withholding index."),
    "verify": ("clerestory.cli.answer", "Verify a package offline, without the agency."),
}


# Refusals that are the machine's trouble and not the input's: try again once it is mended.
_MACHINE = frozenset(
    {
        "log-locked",
        "log-storage",
        "source-locked",
        "source-vanished",
        "source-busy",
        "source-starting",
    }
)


class _Rooms(click.Group):
    """Import a command's module only when that command runs, so that a cold start is quick."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(_COMMANDS[cmd_name][0])
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, said) for name, (_, said) in sorted(_COMMANDS.items())])


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
        sys.exit(ExitCode.MACHINE if fault.code in _MACHINE else ExitCode.BAD_INPUT)
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
