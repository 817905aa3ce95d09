"""What carries queries: live sockets, and wrappers that are networks themselves."""
