"""Models: policies, assessments, sign-offs, tasks and replies."""
