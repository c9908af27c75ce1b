"""The ``clerestory`` command: one word per room, loaded only when it is used."""

import importlib
import os
import sys

import click
from click.shell_completion import shell_complete

from clerestory.cli.faults import answer_for
from clerestory.cli.stopping import stoppable
from clerestory.cli.terminal import close_streams, prepare_streams

_NAME = "clerestory"
_COMPLETE = "_CLERESTORY_COMPLETE"  # set by a shell that asks how a word could go on

_COMMANDS = {
    "abandon": ("clerestory.cli.answer", "End an answer that was begun and must not leave."),
    "decide": ("clerestory.cli.decide", "Decide a demand person by person and field by field."),
    "demand": (
        "clerestory.cli.demand",
        "Help to write a demand: templates, the codes that fit, a check.",
    ),
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
    "office": (
        "clerestory.cli.desk.office",
        "Keep an office in a database: its people, and every act, signed.",
    ),
    "receive": ("clerestory.cli.answer", "Log a demand and draw its number, before all else."),
    "receipt": ("clerestory.cli.answer", "Record the recipient's signed receipt."),
    "refuse": ("clerestory.cli.answer", "Write the refusal letter and the withholding index."),
    "verify": ("clerestory.cli.answer", "Verify a package offline, without the agency."),
}


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
    prepare_streams()
    code = close_streams(answer_for(_run))
    sys.exit(code)


def _run() -> None:
    # The group's own main() would answer a pipe that was closed early with exit code 1, which
    # here means that the answer is no.
    instruction = os.environ.get(_COMPLETE)
    if instruction:
        sys.exit(shell_complete(program, {}, _NAME, _COMPLETE, instruction))
    with stoppable(), program.make_context(_NAME, sys.argv[1:]) as context:
        program.invoke(context)
