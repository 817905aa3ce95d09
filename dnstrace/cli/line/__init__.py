"""Words to choices: the command line read."""
