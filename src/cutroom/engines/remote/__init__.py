"""Engines of other machines: an OpenAI-style video server, or the hosted API itself."""
