"""What the command says about itself."""
