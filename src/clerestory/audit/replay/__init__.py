"""Past demands answered under two laws, on one machine or on many."""
