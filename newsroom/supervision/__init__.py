"""Keep a handful of programs running together: start, watch, restart, and leave none behind.

Knows nothing of newsrooms: `newsroom.processes` and `newsroom.embedded` say which programs there are.
"""

from newsroom.supervision.console import Console
from newsroom.supervision.programs import Program
from newsroom.supervision.supervisor import Supervisor

__all__ = ["Console", "Program", "Supervisor"]
