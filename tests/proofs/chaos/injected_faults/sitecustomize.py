"""Python imports this file when it starts with this folder on its path; it injects the faults that CHAOS_FAULTS names."""

import importlib
import os

for name in os.environ.get("CHAOS_FAULTS", "").split():
    importlib.import_module(name)
