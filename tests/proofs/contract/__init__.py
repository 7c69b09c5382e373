"""The contract: the description of the API, held against a newsroom that runs (`make contract`).

Schemathesis makes requests of what the description says – sound ones, broken ones, and chains of them along its links –
and holds every answer against it. What it finds is a fault of the product or of the description, and is mended there.
"""
