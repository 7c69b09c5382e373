"""Policy: the agenda, the task plan and impact."""
