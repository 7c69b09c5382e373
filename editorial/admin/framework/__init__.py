"""What all areas use: admin."""
