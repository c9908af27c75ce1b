"""The database itself keeps what acts wrote."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from clerestory.store.triggers import statements


def make_triggers(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Make them."""
    for statement in statements(editor.connection.vendor):
        # Without parameters: a percent sign would be taken for the place of one.
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    """Make the triggers; there is no way back to tables without them."""

    dependencies = (("store", "0001_tables"),)
    operations = (migrations.RunPython(make_triggers),)
