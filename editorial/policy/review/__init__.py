"""Policy: the agenda, the task plan, claim status and impact."""
