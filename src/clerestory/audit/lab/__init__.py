"""The laboratory: other ways to control disclosure, tried on the same demands as today's law.

A regime is a condition and no pack: it can be compared, and it can never be activated.
"""
