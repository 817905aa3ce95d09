"""The last hop: the page at the address that was found."""
