"""A small site with Wagtail: stories, and a workflow as it is installed."""
