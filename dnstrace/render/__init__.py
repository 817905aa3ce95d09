"""What a trace looks like: tree, live tree, short form, JSON."""
