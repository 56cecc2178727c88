"""Prompt -> plan."""
