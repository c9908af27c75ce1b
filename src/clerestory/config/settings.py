"""Django's settings for a process that is started with ``DJANGO_SETTINGS_MODULE``.

Everything is said by ``DATABASE_URL``; without it the office is a file in the folder where the
process runs.
"""

import os

from clerestory.store.settings import settings_for

globals().update(settings_for(os.environ.get("DATABASE_URL", "sqlite:///office.sqlite")))
