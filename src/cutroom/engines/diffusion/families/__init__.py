"""Pipelines over open weights, one file each."""
