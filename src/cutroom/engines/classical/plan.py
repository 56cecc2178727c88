"""What an instruction comes to: ops in the order they are carried out."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from cutroom.engines.classical.op import Op
from cutroom.errors import InvalidParams


@dataclass(frozen=True, slots=True)
class Plan:
    """Ops in their order, and what was asked to stay as it is."""

    ops: tuple[Op, ...]
    kept: tuple[str, ...] = ()

    def say(self) -> str:
        """The plan in one line: `night grade, then snow`."""
        return ", then ".join(op.say() for op in self.ops)

    def to_json(self) -> dict[str, Any]:
        """The plan as JSON values; `from_json` reads it back."""
        ops = [{"op": op.name, **asdict(op), "say": op.say()} for op in self.ops]  # type: ignore[call-overload]  # every op is a dataclass, which a Protocol cannot say
        return {"ops": ops, "kept": list(self.kept)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any], known: Sequence[type[Op]]) -> "Plan":
        """A plan of `known` ops from its JSON. Raises InvalidParams for anything else."""
        by_name = {op.name: op for op in known}
        try:
            ops = tuple(_op(by_name[row["op"]], row) for row in data["ops"])
            return cls(ops, tuple(str(k) for k in data.get("kept", ())))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InvalidParams(f"Not a plan of this engine: {error!r}") from error


def _op(kind: type[Op], row: Mapping[str, Any]) -> Op:
    given = {key: value for key, value in row.items() if key not in {"op", "say"}}
    unknown = given.keys() - {f.name for f in fields(kind)}  # type: ignore[arg-type]  # every op is a dataclass, which a Protocol cannot say
    if unknown:
        raise KeyError(*unknown)
    return kind(**{key: _hashable(value) for key, value in given.items()})


def _hashable(value: Any) -> Any:  # noqa: ANN401  # JSON values
    """JSON has lists where the frozen ops have tuples."""
    return tuple(_hashable(v) for v in value) if isinstance(value, list) else value
