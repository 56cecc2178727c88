"""`python -m cutroom.cli` is `cutroom`."""

from cutroom.cli import main

main()
