"""Numbers as Prometheus reads them: its text format 0.0.4."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Literal

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Family:
    """A metric with all its samples."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    about: str
    samples: Iterable[tuple[Mapping[str, str], float]] = ()
    """Labels and value; a histogram's are made by `Histogram.samples`, with the suffix in `""`."""

    def lines(self) -> Iterable[str]:
        """The lines of the format."""
        yield f"# HELP {self.name} {self.about}"
        yield f"# TYPE {self.name} {self.kind}"
        for labels, value in self.samples:
            suffix = labels.get("", "")
            told = ",".join(f'{key}="{escaped(text)}"' for key, text in labels.items() if key)
            braces = f"{{{told}}}" if told else ""
            yield f"{self.name}{suffix}{braces} {shown(value)}"


@dataclass(slots=True)
class Histogram:
    """How often a number was at most so large."""

    bounds: tuple[float, ...]
    counts: list[int] = field(init=False)
    total: float = 0.0

    def __post_init__(self) -> None:
        self.counts = [0] * (len(self.bounds) + 1)

    def observe(self, value: float) -> None:
        """Count one."""
        place = next((n for n, most in enumerate(self.bounds) if value <= most), len(self.bounds))
        self.counts[place] += 1
        self.total += value

    def samples(self, labels: Mapping[str, str]) -> Iterable[tuple[Mapping[str, str], float]]:
        """Its buckets, its sum and its count."""
        names = [*(shown(most) for most in self.bounds), "+Inf"]
        for name, count in zip(names, accumulate(self.counts), strict=True):
            yield {"": "_bucket", **labels, "le": name}, count
        yield {"": "_sum", **labels}, self.total
        yield {"": "_count", **labels}, sum(self.counts)


def text(families: Iterable[Family]) -> str:
    """The whole answer."""
    return "".join(f"{line}\n" for family in families for line in family.lines())


def escaped(label: str) -> str:
    """A label's value as it stands in quotes."""
    return label.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def shown(value: float) -> str:
    """A number without a needless `.0`."""
    return str(int(value)) if value == int(value) else repr(float(value))
