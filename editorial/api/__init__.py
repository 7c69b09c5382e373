"""The reporters' door: REST over HTTP. It translates and decides nothing: one call in, one error map out.

`resources` offers a noun's rows and verbs, `fields` describes what goes in and out, `errors` maps what goes wrong,
`schema` describes it all as OpenAPI. Every other module is a noun.
"""
