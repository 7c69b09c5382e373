"""Signing in: passwords, second factors, passkeys, sessions and the identity provider."""
