"""Counts and suppression. Nothing here yet."""
