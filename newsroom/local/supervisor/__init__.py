"""Keep a handful of programs running together: start, watch, restart, and leave none behind.

Knows nothing of newsrooms: `newsroom.processes` and `newsroom.local` say which programs there are.
"""

from newsroom.local.supervisor.console import Console
from newsroom.local.supervisor.programs import Program
from newsroom.local.supervisor.supervisor import Supervisor

__all__ = ["Console", "Program", "Supervisor"]
