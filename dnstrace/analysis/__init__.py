"""Pure readings of a finished trace."""
