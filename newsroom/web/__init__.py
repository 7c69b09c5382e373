"""gunicorn extensions: request ids, trusted proxies, timeouts, error responses and graceful shutdown."""
