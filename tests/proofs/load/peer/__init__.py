"""The same operations in Newsroom and in Wagtail, a content management system with moderation on the same Django."""
