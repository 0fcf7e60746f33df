"""A replica that speaks TLS itself, so that nothing is plain behind the proxy either."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from orchestration.settings import SettingsError, load_settings
from tests.serving.processes import free_port, serving
from tests.serving.test_serving_metrics import furnish
from tests.serving.world import ALPHA


def issued(folder: Path, address: str) -> tuple[Path, Path]:
    """A certificate for an address, which vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "replica")])
    now = datetime.now(UTC)
    held = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(held, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / f"{address}.pem", folder / f"{address}.key"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


def test_site_and_metrics_are_encrypted_by_who_can_be_proved(tmp_path: Path) -> None:
    furnish(tmp_path)
    certificate, key = issued(tmp_path, "127.0.0.1")
    stranger, _ = issued(tmp_path, "127.0.0.9")
    port, behind = free_port(), free_port()
    files = {"tls_certificate": certificate, "tls_key": key, "metrics_port": behind}
    with serving(tmp_path, port, certificate, **files):
        site = f"https://127.0.0.1:{port}/e/{ALPHA}"
        page = requests.get(site, verify=str(certificate), timeout=10)
        assert page.status_code == 200
        figures = f"https://127.0.0.1:{behind}/metrics"
        told = requests.get(figures, verify=str(certificate), timeout=10).text
        assert "creditpark_release_info" in told
        for address in (site, figures):
            with pytest.raises(requests.exceptions.SSLError):
                requests.get(address, verify=str(stranger), timeout=10)
            plain = address.replace("https", "http")
            with pytest.raises(requests.exceptions.ConnectionError):
                requests.get(plain, timeout=10)


def test_half_of_it_is_refused(tmp_path: Path) -> None:
    certificate, _ = issued(tmp_path, "127.0.0.1")
    for given in (
        {"CREDITPARK_TLS_CERTIFICATE": str(certificate)},
        {"CREDITPARK_TLS_KEY": str(certificate)},
        {
            "CREDITPARK_TLS_CERTIFICATE": str(certificate),
            "CREDITPARK_TLS_KEY": str(tmp_path / "lost.key"),
        },
    ):
        with pytest.raises(SettingsError, match="both name a file, or neither"):
            load_settings(given)
