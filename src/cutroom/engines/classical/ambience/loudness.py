"""How loud a sound is to the ear, and making it so loud."""

import numpy as np

from cutroom.engines.classical.ambience.noise import RATE, Wave

TARGET = -23.0
"""LUFS of a film's sound, as broadcast wants it (EBU R 128)."""
PEAK = 10 ** (-2.0 / 20)
"""The highest sample: -2 dBFS, so that coding, which overshoots a little, stays under -1."""


def loudness(wave: Wave) -> float:
    """Loudness in LUFS after ITU-R BS.1770, weighted in the spectrum, blocks of 0.4 s, gated at -70 and -10."""
    if not len(wave):
        return -np.inf
    pitch = np.fft.rfftfreq(len(wave), 1 / RATE)
    heard = np.fft.irfft(np.fft.rfft(wave, axis=0) * _weight(pitch)[:, None], len(wave), axis=0)
    block = round(0.4 * RATE)
    starts = range(0, max(len(heard) - block, 0) + 1, block // 4)
    power = np.array([float((heard[s : s + block] ** 2).mean(axis=0).sum()) for s in starts])
    power = power[power > 10 ** ((-70 + 0.691) / 10)]
    if not len(power):
        return -np.inf
    power = power[power > 0.1 * power.mean()]
    return float(-0.691 + 10 * np.log10(power.mean()))


def _weight(pitch: np.ndarray) -> np.ndarray:
    """Gain of the K weighting: a shelf of 4 dB above 1.7 kHz, and a high pass at 38 Hz."""
    f = np.maximum(pitch, 1e-3)
    shelf = 10 ** (4.0 / 20 / (1 + (1682.0 / f) ** 3))
    high = 1 / (1 + (38.1 / f) ** 2)
    return np.asarray(shelf * high)


def levelled(wave: Wave) -> Wave:
    """The sound at TARGET, its peaks bent below PEAK; silence stays silence."""
    now = loudness(wave)
    if not np.isfinite(now):
        return wave
    loud = wave * np.float32(10 ** ((TARGET - now) / 20))
    knee = np.float32(0.6 * PEAK)
    over = np.abs(loud) - knee
    room = PEAK - knee
    bent = np.sign(loud) * (knee + room * np.tanh(over / room))
    return np.asarray(np.where(over > 0, bent, loud), np.float32)
