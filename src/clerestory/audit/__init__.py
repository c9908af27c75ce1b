"""Rooms put together without a database: casebook, pack check, proof, demand rows, replay."""
