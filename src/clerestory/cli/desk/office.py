"""The group of the office's commands, each loaded only when it is used."""

import importlib

import click

_HERE = "clerestory.cli.desk"
_COMMANDS = {
    "key": ("founding", "Make a signing key of one's own."),
    "found": ("founding", "Found the office: two people, in one room or at two places."),
    "join": ("people", "Let a person or a job into the office."),
    "train": ("people", "Record until when somebody's training is good."),
    "assign": ("people", "Give somebody other roles in the place of those before."),
    "replace-key": ("people", "Put a new key in the place of a lost one."),
    "leave": ("people", "Let somebody go: roles and key end."),
    "activate": ("law", "Activate the law as it lies on this machine."),
    "suspend": ("law", "Suspend an authority, as counsel, at once."),
    "resume": ("law", "Let an authority open again what it opened."),
    "records": ("records", "Name the agency's records, in which persons are looked up."),
    "receive": ("intake", "Take a paper in: it draws its number."),
    "amend": ("intake", "Correct what was keyed in wrongly."),
    "withdraw": ("intake", "Take note that whoever asked took the demand back."),
    "establish": ("facts", "Establish a fact from its evidence."),
    "person": ("facts", "Establish whom the demand names, from the agency's records."),
    "decide": ("deciding", "Have the office's law of today applied to the facts."),
    "read": ("reading", "Read what is decided, before one votes on it."),
    "vote": ("voting", "Let the answer stand, or lower it."),
    "recuse": ("voting", "Take no part in a matter's votes."),
    "refer": ("counsel", "Ask for counsel although the law did not."),
    "opine": ("counsel", "Answer, as counsel, what was referred."),
    "seal": ("sealing", "Seal an answer to its one recipient, logged first."),
    "refuse": ("refusing", "Log a refusal that two people voted for."),
    "hand-over": ("leaving", "Let the package or the letter leave."),
    "take-receipt": ("leaving", "Keep the receipt that its recipient signed."),
    "take-back": ("leaving", "Take back an answer that has not left."),
    "close": ("closing", "Close a matter that came to its end."),
    "show": ("statements", "Tell in plain words what a written statement binds."),
    "sign": ("statements", "Add one's signature to a written statement."),
    "do": ("statements", "Do what a written statement says, once all have signed it."),
    "status": ("status", "Tell where a matter stands, or how many stand where."),
    "due": ("due", "List what the law says is to be done by a day."),
    "publish": ("publishing", "Publish the log, for everybody."),
    "audit": ("auditing", "Check every act of the office against its log."),
}


class _Acts(click.Group):
    """Import a command's module only when that command runs."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"{_HERE}.{_COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, said) for name, (_, said) in _COMMANDS.items()])


@click.group(cls=_Acts)
def office() -> None:
    """Keep an office: its people, and every act in its matters, signed and in one log."""
