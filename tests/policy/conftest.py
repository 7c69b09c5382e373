"""The laws are tried on as many cases as fit into seconds; HYPOTHESIS_EXAMPLES asks for more."""

import os

from hypothesis import settings

settings.register_profile(
    "policy",
    max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "150")),
    deadline=None,
    database=None,
    print_blob=True,
)
settings.load_profile("policy")
