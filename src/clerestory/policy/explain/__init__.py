"""Why, what was considered, and what would change it, in words."""
