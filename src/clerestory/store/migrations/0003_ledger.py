"""The ledger's tables, in the same database: state, number and leaf are one commit."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from clerestory.ledger.storage import create_tables, statements_on


def make_ledger(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Make the tables and triggers as the ledger itself declares them."""
    create_tables(statements_on(editor.connection.connection))


class Migration(migrations.Migration):
    """Make the ledger's tables; there is no way back to an office without a log."""

    dependencies = (("store", "0002_triggers"),)
    operations = (migrations.RunPython(make_ledger),)
