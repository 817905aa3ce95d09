"""What all findings together say: the causes among them, the verdict, and how to see it oneself."""
