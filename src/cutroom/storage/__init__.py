"""Where results, uploads and inputs lie: a folder, or a bucket of S3, GCS or Azure.

The only importer of obstore. `keys` says what a file may be called and how it is shown, `store` opens
what the settings name, `storage` is what the rest of the program sees.
"""

from cutroom.storage.keys import (
    INPUTS,
    check_key,
    content_type,
    disposition,
    input_folder,
    input_key,
    owner,
)
from cutroom.storage.storage import File, Replaced, Storage

__all__ = [
    "INPUTS",
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
