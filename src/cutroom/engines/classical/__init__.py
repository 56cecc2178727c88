"""The classical engine: prompt -> typed plan -> ops -> frames, on a CPU, by classical vision."""

import cutroom.media  # noqa: F401  ahead of OpenCV and NumPy: it says how many threads BLAS starts
