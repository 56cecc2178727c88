"""Engines turn an edit into a video. Nobody imports one: the catalog names it."""
