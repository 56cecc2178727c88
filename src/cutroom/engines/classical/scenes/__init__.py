"""Drawn, moving backgrounds."""
