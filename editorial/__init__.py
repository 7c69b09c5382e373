"""The editorial workflow: policy decides, models remember, workflow acts, doors translate."""
