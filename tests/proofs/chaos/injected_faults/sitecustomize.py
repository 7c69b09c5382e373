"""Python imports this at its start wherever this folder is on its path; it plants what CHAOS_PLANTS names."""

import importlib
import os

for name in os.environ.get("CHAOS_PLANTS", "").split():
    importlib.import_module(name)
