"""Reading the paper. Nothing here yet: papers are entered by hand in the written form."""
