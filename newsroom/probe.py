"""`python -m newsroom.probe`: does the web process on this machine answer? A health check for container engines.

Exits with 0 if it does. Django is not loaded, because the check runs every few seconds.
"""

import os
import sys
import urllib.error
import urllib.request


def main() -> None:
    # The process answers to its ALLOWED_HOSTS only, and 127.0.0.1 need not be one of them.
    host = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".").replace("*", "") or "localhost"
    url = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/health/ready"
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers={"Host": host}), timeout=5):
            return
    except (urllib.error.URLError, OSError) as problem:
        sys.exit(f"{url} does not answer as {host}: {problem}")


if __name__ == "__main__":
    main()
