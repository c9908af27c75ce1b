"""What is promised of a law: by the program, by its packs, and as made from their tables."""
