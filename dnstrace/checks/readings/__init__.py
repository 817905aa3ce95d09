"""What rules read of a recorded trace: by zone cut, by server, and by what they say of the zone."""
