"""Keeps several programs running: starts, watches and restarts them, and leaves none behind.

Knows nothing about newsrooms: `newsroom.processes` and `newsroom.local` define the programs.
"""

from newsroom.local.supervisor.console import Console
from newsroom.local.supervisor.programs import Program
from newsroom.local.supervisor.supervisor import Supervisor

__all__ = ["Console", "Program", "Supervisor"]
