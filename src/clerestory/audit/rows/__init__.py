"""Demand rows: demands in their flat form, one row for each person's field, for many at once."""
