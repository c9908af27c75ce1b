"""Opening the database: once in a process, when asked, and never by importing a module."""

from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from clerestory.kernel import Refusal
from clerestory.store.settings import settings_for


def connect(url: str) -> None:
    """Let this process use the office's database at ``url``; nothing is opened yet.

    Raises:
        Refusal: This process uses another one already, or the URL cannot be used.
    """
    wanted = settings_for(url)
    if settings.configured:
        if _place(settings.DATABASES["default"]) != _place(wanted["DATABASES"]["default"]):
            raise Refusal(
                "one process keeps one office: another database is open",
                code="office-other-database",
                todo="run a process for each office",
            )
        return
    settings.configure(**wanted)
    django.setup()


def _place(database: dict[str, Any]) -> tuple[object, ...]:
    # A part that is left out is empty once Django has read the settings.
    return tuple(database.get(key) or "" for key in ("ENGINE", "NAME", "HOST", "PORT", "USER"))


def make_tables() -> None:
    """Make the office's tables, or bring those of an earlier version up to this one."""
    call_command("migrate", verbosity=0, interactive=False)


def is_postgresql() -> bool:
    """Say whether the office's database is PostgreSQL."""
    return connection.vendor == "postgresql"
