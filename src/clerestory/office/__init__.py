"""The acts of an office: the only functions that change its state.

Each is one transaction that holds the state, the number where one is drawn, and the entry of the
log. It is answered once its entry is under a signed checkpoint.
"""
