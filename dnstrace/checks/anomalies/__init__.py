"""What is not as it would be if all were well: explained by a finding, harmless for a reason, or left."""
