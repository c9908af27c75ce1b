"""The law of a day as one circuit of yes and no, and what can be stated at all."""
