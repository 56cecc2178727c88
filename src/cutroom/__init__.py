"""cutroom: edit a video by saying what should change, on your own machine."""

__version__ = "0.1.0"
