"""The REST API. It translates and decides nothing: one action per request, one error handler.

`framework` holds what all resources share, `openapi` describes them; the other packages hold the resources.
"""
