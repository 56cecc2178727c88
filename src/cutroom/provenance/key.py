"""The key that manifests are signed with, and the certificates that go with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID

from cutroom.errors import InvalidParams
from cutroom.provenance import self_made
from cutroom.provenance.means import Means
from cutroom.secret_file import made_once

SELF_MADE = "provenance.pem"
"""The file of the data folder that holds the key made here, with its certificates."""
_BEFORE = "provenance*.pem"
"""That file, and what an operator renamed when it was changed."""
_PURPOSES = frozenset({
    ExtendedKeyUsageOID.EMAIL_PROTECTION.dotted_string,
    "1.3.6.1.5.5.7.3.36",  # document signing
    "1.3.6.1.4.1.62558.2.1",  # C2PA claim signing
})  # fmt: skip
"""What C2PA lets a certificate sign manifests for, one of them."""
_CURVES = {"secp256r1": ("ES256", 32), "secp384r1": ("ES384", 48), "secp521r1": ("ES512", 66)}
"""Curve -> C2PA's name for signing with it and SHA-2 of its size; bytes of each half of a signature."""
_HASHES = {"ES256": hashes.SHA256(), "ES384": hashes.SHA384(), "ES512": hashes.SHA512()}

Private = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class Key:
    """A private key and the chain of certificates that says whose it is, its own first."""

    private: Private
    certificates: Sequence[x509.Certificate]
    self_made: bool

    @property
    def chain(self) -> str:
        """The certificates as PEM."""
        return "".join(one.public_bytes(Encoding.PEM).decode() for one in self.certificates)

    @property
    def name(self) -> str:
        """Who the certificate says it is."""
        return self.certificates[0].subject.rfc4514_string()

    @property
    def algorithm(self) -> str:
        """What C2PA calls the way in which it signs."""
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            return _CURVES[self.private.curve.name][0]
        return "ED25519" if isinstance(self.private, ed25519.Ed25519PrivateKey) else "PS256"

    def sign(self, content: bytes) -> bytes:
        """The signature as COSE has it."""
        if isinstance(self.private, ed25519.Ed25519PrivateKey):
            return self.private.sign(content)
        if isinstance(self.private, rsa.RSAPrivateKey):
            salted = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256().digest_size)
            return self.private.sign(content, salted, hashes.SHA256())
        algorithm, half = _CURVES[self.private.curve.name]
        both = decode_dss_signature(self.private.sign(content, ec.ECDSA(_HASHES[algorithm])))
        return b"".join(number.to_bytes(half, "big") for number in both)


def of(means: Means) -> Key:
    """The operator's key, or that of the data folder, made at first use. Raises InvalidParams, OSError."""
    if bool(means.c2pa_key) != bool(means.c2pa_certificates):
        raise InvalidParams("CUTROOM_C2PA_KEY and CUTROOM_C2PA_CERTIFICATES go together: set both.")
    if means.c2pa_key:
        private = _read(Path(means.c2pa_key), "CUTROOM_C2PA_KEY")
        chain = _read(Path(means.c2pa_certificates), "CUTROOM_C2PA_CERTIFICATES")
        return read(private, chain)
    both = made_once(means.data_dir / SELF_MADE, self_made.made)
    return read(both, both, ours=True)


@dataclass(frozen=True, slots=True)
class Known:
    """By what an installation knows what it signed: serial numbers of certificates, and PEM of who issued them."""

    serials: frozenset[str] = frozenset()
    issuers: str = ""


def known(means: Means) -> Known:
    """What this installation signs with or has signed with. Makes nothing; what cannot be read is passed over."""
    paths = [*means.data_dir.glob(_BEFORE)]
    if means.c2pa_certificates:
        paths.append(Path(means.c2pa_certificates))
    serials, issuers = [], []
    for path in paths:
        try:
            leaf, *above = _certificates(path.read_bytes())
        except (OSError, ValueError):
            continue
        serials.append(str(leaf.serial_number))
        issuers += [one.public_bytes(Encoding.PEM).decode() for one in above]
    return Known(frozenset(serials), "".join(issuers))


def read(private: bytes, chain: bytes, *, ours: bool = False) -> Key:
    """The key of two PEM texts, held against what C2PA asks of both. Raises InvalidParams."""
    try:
        key, certificates = load_pem_private_key(private, None), _certificates(chain)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise InvalidParams(
            "The key for C2PA or its certificates cannot be read: they must be PEM, the key without a passphrase."
        ) from None
    known = isinstance(key, ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey) or (
        isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in _CURVES
    )
    if not isinstance(key, Private) or not known:
        raise InvalidParams("C2PA takes keys of P-256, P-384, P-521, Ed25519 and RSA.")
    if key.public_key() != certificates[0].public_key():
        raise InvalidParams("The first certificate for C2PA is not that of its key.")
    _check(certificates[0])
    return Key(key, certificates, self_made=ours)


def _certificates(chain: bytes) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(chain)


def _check(leaf: x509.Certificate) -> None:
    """Raises InvalidParams for a certificate that nobody who reads C2PA would take."""
    if not leaf.not_valid_before_utc <= datetime.now(UTC) <= leaf.not_valid_after_utc:
        raise InvalidParams(
            f"The certificate for C2PA is good from {leaf.not_valid_before_utc:%Y-%m-%d} to {leaf.not_valid_after_utc:%Y-%m-%d} only."
        )
    if leaf.issuer == leaf.subject:
        raise InvalidParams("The certificate for C2PA signs itself, which C2PA does not take.")
    try:
        usage = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        usage = x509.ExtendedKeyUsage([])
    if not _PURPOSES & {purpose.dotted_string for purpose in usage}:
        raise InvalidParams(
            "The certificate for C2PA is for something else: its extended key usage must have emailProtection, documentSigning or C2PA's own."
        )


def _read(path: Path, variable: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidParams(f"{variable}: {path} cannot be read: {error.strerror}.") from None
