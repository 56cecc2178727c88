"""Carries generations out. A worker is a process; each engine runs in a child of it."""
