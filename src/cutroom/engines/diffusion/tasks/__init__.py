"""From an edit to shots, and from their frames to a file; one file for each way of working."""
