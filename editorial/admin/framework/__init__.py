"""The admin framework, shared by all areas."""
