"""Write the worker's rights into docs/scale.md from `cutroom.grants`; run by `make docs`, compared by tests/test_docs.py."""

from pathlib import Path

from cutroom.grants import statements

PAGE = Path(__file__).resolve().parent.parent / "docs" / "scale.md"
BEGIN = "<!-- rights: written by make docs, from src/cutroom/grants.py -->"
END = "<!-- until here -->"
ROLE = "cutroom_worker"


def page() -> str:
    """The page with its statements made anew."""
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    said = "\n".join(f"{one};" for one in statements(ROLE))
    return f"{before}{BEGIN}\n\n```sql\n{said}\n```\n\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
