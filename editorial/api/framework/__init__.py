"""What all areas use: api."""
