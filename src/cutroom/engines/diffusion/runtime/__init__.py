"""What all families run on: the machine, its memory, progress and cancelling, speed."""
