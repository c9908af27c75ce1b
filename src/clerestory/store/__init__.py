"""The tables of an office: the only room that has any.

They hold what the acts lead to, so that it can be asked for, and never more than an act wrote. What
must always hold is a constraint of the database. Models are loaded once ``connect`` was called.
"""
