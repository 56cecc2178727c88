"""`cutroom worker` with less patience for a storage that is away."""

import os

from cutroom.cli import main
from cutroom.worker import carrier

if __name__ == "__main__":
    carrier.STORE_PATIENCE = float(os.environ["FAULTS_PATIENCE"])
    main()
