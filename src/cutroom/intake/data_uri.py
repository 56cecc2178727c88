"""Files that came inside the request, as data: URIs."""

import binascii
import re
from urllib.parse import unquote_to_bytes

from cutroom.errors import InvalidMedia

_FROM_URL_ALPHABET = bytes.maketrans(b"-_", b"+/")


def decode(uri: str) -> bytes:
    """The bytes of a data: URI; what type it declares is not asked. Raises InvalidMedia."""
    head, comma, text = uri.partition(",")
    if not comma:
        raise InvalidMedia("The data: URI holds no data.")
    # `unquote_to_bytes` is slow on megabytes of base64, which seldom holds a percent sign.
    raw = unquote_to_bytes(text) if "%" in text else text.encode(errors="replace")
    if not re.search(r";\s*base64\s*$", head, re.IGNORECASE):
        return raw
    letters = re.sub(rb"\s+", b"", raw).rstrip(b"=").translate(_FROM_URL_ALPHABET)
    try:
        return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4), strict_mode=True)
    except binascii.Error:
        raise InvalidMedia("The data: URI does not hold valid base64.") from None
