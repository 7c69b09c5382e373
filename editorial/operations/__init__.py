"""Monitoring: live processes, queue depths and ages, results. Reads only, except for heartbeats."""
