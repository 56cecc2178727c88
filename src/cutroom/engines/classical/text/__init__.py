"""Words in the picture: letters as pixels, and their place and time over a clip."""
