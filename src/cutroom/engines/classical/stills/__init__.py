"""A still image made to move: what is asked of it, how far away its parts are, and how they move."""
