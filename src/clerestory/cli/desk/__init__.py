"""``clerestory office``: the acts of an office that keeps its matters in a database.

Each command is a thin file. What loads tables is imported inside of functions, once the process
knows its database: everybody else's commands run without any of it.
"""
