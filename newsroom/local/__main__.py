"""Only the two servers, for tests: `python -m newsroom.local FOLDER`.

Creates a file `ready` in the folder when both answer. When standard input is closed, stops and deletes the folder,
so that a killed test run leaves neither servers nor files behind.
"""

import asyncio
import contextlib
import os
import shutil
import sys
from pathlib import Path

from newsroom.local import locations, servers
from newsroom.local.errors import SetupError
from newsroom.local.sockets import socket_dir
from newsroom.local.supervisor import Console, Supervisor


async def serve(data: Path) -> None:
    """Run throw-away servers until standard input is closed."""
    loop, stdin = asyncio.get_running_loop(), sys.stdin.fileno()
    console = Console(sys.stderr)
    async with Supervisor(mark=str(data.resolve()), working_dir=Path.cwd(), console=console) as supervisor:

        def read() -> None:
            if not os.read(stdin, 4096):
                loop.remove_reader(stdin)
                supervisor.request_stop()

        loop.add_reader(stdin, read)
        await servers.start(supervisor, data, throwaway=True)
        (data / "ready").touch()
        raise SetupError(f"{await supervisor.failed_program} stopped. See its last lines above.")


def main() -> None:
    data = Path(sys.argv[1])
    try:
        asyncio.run(serve(data))
    except SetupError as problem:
        sys.exit(str(problem))
    finally:
        for folder in (socket_dir(data), locations.servers_dir(data), data):
            with contextlib.suppress(OSError):
                shutil.rmtree(folder)


if __name__ == "__main__":
    main()
