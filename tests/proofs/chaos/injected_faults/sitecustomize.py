"""Python imports this file at its start if this folder is on its path; it injects the faults of CHAOS_FAULTS."""

import importlib
import os

for name in os.environ.get("CHAOS_FAULTS", "").split():
    importlib.import_module(name)
