"""One reply: octets to a message, what it means, and what is supposed instead."""
