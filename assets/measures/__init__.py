"""What follows from a grade: incentives, inspection ratios, honour lists."""
