"""What a column may hold, said of each: a column without a class is refused by a test.

No class is a person's name, number or address in clear. What identifies somebody whom a record is
about is sealed under the key of the matter, or stands in no table at all.
"""

PUBLIC = "public"
"""Stands in the public log too, or tells nothing of anybody."""

STAFF = "staff"
"""An id, a role or a key of somebody who works here; never a name."""

MATTER = "matter"
"""An id, a state or a digest of a matter; never what it is about."""

SEALED = "sealed"
"""Bytes encrypted under the key of a matter, or of the office; unreadable once it is destroyed."""

CLASSES = (PUBLIC, STAFF, MATTER, SEALED)
