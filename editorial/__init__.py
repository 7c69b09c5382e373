"""The editorial workflow: policy decides, models store, workflow acts, API and admin translate."""
