"""`python -m newsroom.probe`: does the web process on this machine answer? A health check for container engines.

Exits with 0 if it does. Django is not loaded, because the check runs every few seconds.
"""

import os
import sys
import urllib.error
import urllib.request


def main() -> None:
    # The process answers to its ALLOWED_HOSTS only, and 127.0.0.1 need not be one of them.
    name = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".").replace("*", "") or "localhost"
    address = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/health/ready"
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers={"Host": name}), timeout=5):
            return
    except (urllib.error.URLError, OSError) as problem:
        sys.exit(f"{address} does not answer as {name}: {problem}")


if __name__ == "__main__":
    main()
