"""Tokens: what a key, a link or a session is to its holder. Told once; only the SHA-256 is kept.

They are 32 random bytes, so a fast hash is enough: there is nothing to guess.
"""

import hashlib
import secrets


def draw(prefix: str) -> str:
    """A new token, 43 letters fit for a URL behind a prefix that says what it is."""
    return prefix + secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is kept of a token and looked up by: its SHA-256, hexadecimal.

    How long a look-up by it takes tells nothing about the token.
    """
    return hashlib.sha256(token.encode(errors="surrogateescape")).hexdigest()
