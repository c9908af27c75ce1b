"""The answer that leaves: minimise, write, seal, verify, and take the receipt."""
