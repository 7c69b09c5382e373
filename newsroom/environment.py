"""The environment, read before Django is loaded: the settings and `newsroom up` share it."""

from pathlib import Path

import environ

from newsroom.local import data_dir

env = environ.FileAwareEnv()  # NAME_FILE names a file that holds the value of NAME, as Docker's secrets do
environ.FileAwareEnv.read_env(env.str("ENV_FILE", default=str(data_dir.ROOT / ".env")), overwrite=False)

DATA = Path(env.str("NEWSROOM_DATA", default=str(data_dir.default()))).resolve()
EMBEDDED = "DATABASE_URL" not in env.ENVIRON
