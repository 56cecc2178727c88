"""The only code that touches codecs: probe, decode, encode, remux, images, colour, time."""

import os

# Before NumPy is loaded, which reads it then. Frames are painted side by side already; OpenBLAS's own
# threads gain nothing on the small products here, and spin on afterwards where the encoder should run.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
