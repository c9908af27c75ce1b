"""Interpreters of one law: they agree, or the run stops."""
