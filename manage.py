#!/usr/bin/env python
"""Command line of a checkout. `manage.py help` lists the commands."""

from newsroom.__main__ import main

if __name__ == "__main__":
    main()
