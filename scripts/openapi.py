"""Print the OpenAPI document, as a server with the default settings gives it at /openapi.json."""

import sys

from cutroom.api.openapi.document import document, text_of
from cutroom.catalog import Catalog

told = document(Catalog.load().models, auth=True, keep_audio_default=False)
sys.stdout.write(text_of(told).decode())
