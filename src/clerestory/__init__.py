"""Clerestory: disclosure control and public accounting for a state benefits agency."""
