"""What the law reads: the facts of a demand, the schema of a request, and the policies of a day."""
