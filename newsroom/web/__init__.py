"""What a web process needs beyond gunicorn: whom it believes about addresses, and how it leaves."""
