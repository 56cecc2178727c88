"""The classical engine: prompt -> typed plan -> ops -> frames, on a CPU, by classical vision."""
