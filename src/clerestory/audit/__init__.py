"""Rooms put together without a database: casebook, pack check, replay."""
