"""How a known fault gets into a process without a hook in the product: by changing a module as it is imported.

The modules beside this one each inject one; `sitecustomize` imports those that the environment names.
"""

from __future__ import annotations

import importlib.machinery
import sys
from collections.abc import Callable, Sequence
from types import ModuleType

Change = Callable[[ModuleType], None]


def patch_on_import(name: str, change: Change) -> None:
    """Change the module of that name once it has been imported, before any other module uses it."""
    sys.meta_path.insert(0, _PatchingFinder(name, change))


class _PatchingFinder(importlib.machinery.PathFinder):
    def __init__(self, name: str, change: Change) -> None:
        self._name, self._change = name, change

    def find_spec(  # type: ignore[override]
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The module as others import it, with the change after its own execution."""
        if fullname != self._name:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            execute, change = spec.loader.exec_module, self._change

            def exec_and_change(module: ModuleType) -> None:
                execute(module)
                change(module)

            spec.loader.exec_module = exec_and_change  # type: ignore[method-assign]
        return spec
