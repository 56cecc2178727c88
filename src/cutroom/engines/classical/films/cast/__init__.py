"""What can act in a film: one file for each drawn thing."""
