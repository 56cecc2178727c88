"""The engine that lets another server do the work."""
