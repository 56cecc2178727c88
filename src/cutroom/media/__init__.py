"""The only code that touches codecs: probe, decode, encode, remux, images, colour, time."""
