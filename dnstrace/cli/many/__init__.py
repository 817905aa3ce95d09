"""Many names (`-f`)."""
