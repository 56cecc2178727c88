"""A cut-out figure made to move as somebody in a clip does."""
