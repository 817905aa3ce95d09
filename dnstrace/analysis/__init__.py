"""Pure functions that read a finished trace."""
