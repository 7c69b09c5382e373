"""The web process: HTTP server, request ids, trusted proxies, body limits, error responses and graceful shutdown."""
