"""What all areas use: workflow."""
