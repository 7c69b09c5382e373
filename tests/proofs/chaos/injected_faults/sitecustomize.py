"""Python imports this at its start wherever this folder is on its path; it injects what CHAOS_FAULTS names."""

import importlib
import os

for name in os.environ.get("CHAOS_FAULTS", "").split():
    importlib.import_module(name)
