"""The gate: what a law has to pass before it answers demands, and what may change on the way."""

from clerestory.audit.gate.gate import pass_gate
from clerestory.audit.gate.report import GateReport
from clerestory.audit.gate.reviewed import FILE

__all__ = ["FILE", "GateReport", "pass_gate"]
