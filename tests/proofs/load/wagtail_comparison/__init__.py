"""The newsroom beside Wagtail, a content management system with approval workflows, in one run."""
