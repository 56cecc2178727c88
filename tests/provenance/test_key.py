"""Keys of the operator's own: which are taken, and which are refused before anything is signed."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from cutroom.errors import InvalidParams
from cutroom.provenance.key import known
from cutroom.provenance.means import Means
from cutroom.provenance.signing import Provenance
from cutroom.provenance.verdict import Standing, verdict


def issued(key, *, days=30, purpose=ExtendedKeyUsageOID.EMAIL_PROTECTION, alone=False):
    """PEM of a certificate of Studio Ltd for the key, and of the authority that issued it."""
    authority = key if alone else ec.generate_private_key(ec.SECP256R1())

    def name(text):
        organisation = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Studio Ltd")
        return x509.Name([organisation, x509.NameAttribute(NameOID.COMMON_NAME, text)])

    def certificate(subject, public, *, ca):
        begun = datetime.now(UTC) - timedelta(days=60)
        usage = dict.fromkeys(
            ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"),
            False,
        )  # fmt: skip
        usage |= {"digital_signature": not ca, "key_cert_sign": ca, "crl_sign": ca}
        made = (
            x509.CertificateBuilder(name("authority" if not alone else subject), name(subject), public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(begun).not_valid_after(begun + timedelta(days=60 + days))
            .add_extension(x509.BasicConstraints(ca, None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), critical=False)
            .add_extension(x509.KeyUsage(**usage), critical=True)
        )  # fmt: skip
        if not ca:
            made = made.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        algorithm = None if isinstance(authority, ed25519.Ed25519PrivateKey) else hashes.SHA256()
        return made.sign(authority, algorithm).public_bytes(Encoding.PEM)

    leaf = certificate("signing", key.public_key(), ca=False)
    return leaf if alone else leaf + certificate("authority", authority.public_key(), ca=True)


@pytest.fixture
def means(tmp_path):
    """Writes a key and its certificates; the settings that name them."""

    def write(key, chain, protection=None):
        protection = protection or NoEncryption()
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection)
        (tmp_path / "key.pem").write_bytes(private)
        (tmp_path / "chain.pem").write_bytes(chain)
        paths = (str(tmp_path / name) for name in ("key.pem", "chain.pem"))
        return Means(tmp_path / "data", "on", *paths)

    return write


@pytest.mark.parametrize(
    "key",
    [
        ec.generate_private_key(ec.SECP384R1()),
        ed25519.Ed25519PrivateKey.generate(),
        rsa.generate_private_key(65537, 2048),
    ],
    ids=["P-384", "Ed25519", "RSA"],
)
def test_the_operators_own_key_signs(key, means, sign, seen, birds_clip, tmp_path):
    own = means(key, issued(key))
    assert "Studio Ltd" in Provenance(own).begin()
    assert sign(tmp_path / "result.mp4", seen.edit_of(birds_clip), means=own).notes == ()
    found = verdict(tmp_path / "result.mp4", known(own))
    assert (found.standing, found.self_made) == (Standing.OURS, False)
    assert found.signer == "signing, Studio Ltd"
    assert not own.data_dir.exists()


def test_what_nobody_would_take_is_refused_at_the_start(means):
    key, other = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    refused = [
        (means, (key, issued(other)), "is not that of its key"),
        (means, (key, issued(key, days=-1)), "is good from"),
        (means, (key, issued(key, purpose=ExtendedKeyUsageOID.SERVER_AUTH)), "something else"),
        (means, (key, issued(key, alone=True)), "signs itself"),
        (means, (key, b"no certificate"), "cannot be read"),
        (means, (key, issued(key), BestAvailableEncryption(b"pass")), "passphrase"),
        (means, (ec.generate_private_key(ec.SECP256K1()), issued(key)), "C2PA takes keys"),
    ]
    for write, given, why in refused:
        with pytest.raises(InvalidParams, match=why):
            Provenance(write(*given)).begin()
    with pytest.raises(InvalidParams, match="go together"):
        Provenance(Means(c2pa_key="/key.pem")).begin()
    with pytest.raises(InvalidParams, match="CUTROOM_C2PA_KEY: /nowhere"):
        Provenance(Means(c2pa_key="/nowhere.pem", c2pa_certificates="/nowhere.pem")).begin()
