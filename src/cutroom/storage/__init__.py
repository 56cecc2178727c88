"""Where results, uploads and inputs lie: a folder, or a bucket of S3, GCS or Azure.

The only importer of obstore. `keys` says what a file may be called and how it is shown, `store` opens
what the settings name, `storage` is what the rest of the program sees.
"""

from cutroom.storage.file import File, Replaced
from cutroom.storage.keys import (
    INPUTS,
    PARTS,
    check_key,
    content_type,
    disposition,
    input_folder,
    input_key,
    owner,
)
from cutroom.storage.leftovers import ABANDONED
from cutroom.storage.storage import Storage

__all__ = [
    "ABANDONED",
    "INPUTS",
    "PARTS",
    "File",
    "Replaced",
    "Storage",
    "check_key",
    "content_type",
    "disposition",
    "input_folder",
    "input_key",
    "owner",
]
