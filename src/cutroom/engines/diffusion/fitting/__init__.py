"""Between the caller's video and what a model takes: sizes, rates, windows, and back. No torch here."""
