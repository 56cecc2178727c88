"""Places drawn from nothing, moving with the seconds: what a background can be changed to."""
