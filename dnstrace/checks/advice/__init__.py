"""What to do about what rules find, and who has to: remedies as values, and how they are worded."""
