"""May we? The law of one day applied to one demand, with reasons and what would change them."""

from clerestory.policy.decide.engine import Engine

__all__ = ["Engine"]
