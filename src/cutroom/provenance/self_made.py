"""A signing key that an installation makes for itself, with the certificates that C2PA asks for.

C2PA refuses a certificate that signs itself, so there are two: a little authority, whose key is thrown away once
it has signed, and the certificate of the key that stays. Nobody vouches for either.
"""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

ISSUER = "cutroom, self-made key"
"""The organisation that these certificates name."""
YEARS = 30
"""For so long results can be verified: without a time stamp, no longer than the certificate lasts."""


def made() -> bytes:
    """PEM of a private key, of its certificate, and of the authority that issued that."""
    authority, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    mark = x509.SubjectKeyIdentifier.from_public_key(key.public_key()).digest.hex()[:12]
    top = _certificate(f"{mark} authority", authority, f"{mark} authority", authority)
    leaf = _certificate(mark, key, f"{mark} authority", authority)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private + leaf.public_bytes(Encoding.PEM) + top.public_bytes(Encoding.PEM)


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    issuing: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    """The certificate of a key; of an authority where the key issues it itself."""
    authority = key is issuing
    now = datetime.now(UTC).replace(microsecond=0)
    begun = (
        x509.CertificateBuilder(_name(issuer), _name(name), key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # a clock elsewhere may be behind
        .not_valid_after(now + timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(authority, 0 if authority else None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuing.public_key()),
            critical=False,
        )
        .add_extension(_usage(authority=authority), critical=True)
    )
    if not authority:
        may = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        begun = begun.add_extension(may, critical=False)
    return begun.sign(issuing, hashes.SHA256())


def _name(text: str) -> x509.Name:
    return x509.Name([
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, ISSUER),
        x509.NameAttribute(NameOID.COMMON_NAME, f"installation {text}"),
    ])  # fmt: skip


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
