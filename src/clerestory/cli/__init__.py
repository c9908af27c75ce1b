"""The command line: what a custodian, an auditor or a stranger types."""

from clerestory.cli.main import main

__all__ = ["main"]
