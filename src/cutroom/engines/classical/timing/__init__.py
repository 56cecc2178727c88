"""What an edit does to time: how long it gets, the pass that shows frames anew, pictures in between."""
