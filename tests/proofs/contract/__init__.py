"""The contract: the OpenAPI file, tested against a running newsroom (`make contract`).

Schemathesis generates requests from the file – valid ones, invalid ones, and chains of them along its links – and
validates every response. A failure is a defect of the product or of the file, and is fixed there.
"""
