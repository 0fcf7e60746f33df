"""Real nginx with our configuration before two replicas that hold copied releases."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from publish.access.enterprise_keys import issue_key
from publish.access.keys import create_key
from publish.access.signing import list_signing_keys
from publish.registry.engine import open_registry
from quality.clock import Clock
from tests.browser.install import HOW, NGINX
from tests.serving.processes import Process, free_port, serving
from tests.serving.world import ALPHA, TODAY, publish

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "nginx"
CLOCK = Clock(TODAY)
MAIN = """\
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  log_format who "$upstream_addr $status"; access_log {folder}/access.log who;
  include {folder}/creditpark.conf;
}}
"""


def certificate(folder: Path, name: str, signer: str | None = None) -> None:
    """An invented certificate for 127.0.0.1, signed by ``signer`` or by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer, by = subject, key
    if signer:
        issued = (folder / f"{signer}.pem").read_bytes()
        issuer = x509.load_pem_x509_certificate(issued).subject
        held = (folder / f"{signer}.key").read_bytes()
        loaded = serialization.load_pem_private_key(held, None)
        assert isinstance(loaded, ec.EllipticCurvePrivateKey)
        by = loaded
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False)
        .add_extension(x509.BasicConstraints(ca=signer is None, path_length=None), True)
        .sign(by, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / f"{name}.pem").write_bytes(made.public_bytes(pem))
    form = serialization.PrivateFormat.PKCS8
    plain = serialization.NoEncryption()
    (folder / f"{name}.key").write_bytes(key.private_bytes(pem, form, plain))


@dataclass
class Front:
    """nginx as the public reaches it, and what stands behind."""

    folder: Path
    plain: int
    port: int
    banks: int
    replicas: dict[int, Process]
    enterprise: str
    bank: str

    @property
    def session(self) -> requests.Session:
        """A client that trusts its certificate."""
        made = requests.Session()
        made.trust_env = False
        made.verify = str(self.folder / "tls.pem")
        return made

    def at(self, path: str) -> str:
        return f"https://localhost:{self.port}{path}"

    def answered(self) -> Counter[str]:
        """How many answers each replica gave."""
        lines = (self.folder / "access.log").read_text().splitlines()
        return Counter(line.split()[-2] for line in lines if line[0].isdigit())


def configured(folder: Path, ports: dict[str, int]) -> Path:
    """Our files as they are, but for folders and ports of this test."""
    for name in ("creditpark.conf", "replicas.conf", "proxy.conf"):
        text = (CONFIGURATION / name).read_text()
        text = text.replace("/etc/nginx/creditpark/certificates", str(folder))
        text = text.replace("/etc/nginx/creditpark", str(folder))
        for before, after in ports.items():
            text, found = re.subn(
                rf"(listen |127\.0\.0\.1:){before}\b", rf"\g<1>{after}", text
            )
            assert found or name != "creditpark.conf" or before.startswith("800")
        text = re.sub(r"listen (\d+)", r"listen 127.0.0.1:\1", text)
        (folder / name).write_text(text)
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder))
    return folder / "nginx.conf"


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def nginx(folder: Path, ports: dict[str, int]) -> Iterator[None]:
    path = configured(folder, ports)
    subprocess.run([NGINX, "-t", "-q", "-c", path], check=True)
    process = subprocess.Popen([NGINX, "-c", path])
    try:
        while process.poll() is None and not _listens(ports["443"]):
            time.sleep(0.05)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """Two replicas from copied releases, one registry, nginx with TLS before them."""
    if not NGINX.exists():
        pytest.skip(HOW)
    folder = tmp_path_factory.mktemp("front")
    made = folder / "made"
    publish(made, "20261123-aaaaaaaaaa")
    list_signing_keys(made / "signing", CLOCK)
    url = f"sqlite:///{folder / 'registry.db'}"
    registry = open_registry(url)
    enterprise = issue_key(registry, CLOCK, ALPHA).text
    bank = create_key(registry, CLOCK, bank="虚构银行", scopes=["facts"]).token.text
    registry.dispose()
    for name, signer in (("tls", None), ("banks-ca", None), ("bank", "banks-ca")):
        certificate(folder, name, signer)
    first, second, plain, port, banks = (free_port() for _ in range(5))
    for replica in (first, second):
        for part in ("releases", "signing"):
            shutil.copytree(made / part, folder / str(replica) / part)
    ports = {"8001": first, "8002": second, "80": plain, "443": port, "8443": banks}
    with (
        serving(folder / str(first), first, registry_url=url) as one,
        serving(folder / str(second), second, registry_url=url) as two,
        nginx(folder, ports),
    ):
        replicas = {first: one, second: two}
        yield Front(folder, plain, port, banks, replicas, enterprise, bank)


def test_what_is_asked_without_encryption_is_sent_to_it(front: Front):
    answer = requests.get(
        f"http://localhost:{front.plain}/e/{ALPHA}?x=1",
        allow_redirects=False,
        timeout=9,
    )
    assert answer.status_code == 308
    assert answer.headers["location"] == f"https://localhost/e/{ALPHA}?x=1"
    # The bank interface does not help along who sends a key in clear (ASVS 4.1.2).
    refused = requests.get(
        f"http://localhost:{front.plain}/api/v1/status",
        allow_redirects=False,
        timeout=9,
    )
    assert refused.status_code == 403


def test_security_headers_reach_the_visitor(front: Front):
    answer = front.session.get(front.at(f"/e/{ALPHA}"), timeout=9)
    assert answer.status_code == 200
    headers = answer.headers
    assert headers["strict-transport-security"].startswith("max-age=63072000")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["server"] == "nginx"  # and no version
    assert len(headers["x-request-id"]) == 32  # one id from the proxy to the log
    # Addresses that the site writes are those the visitor sees.
    robots = front.session.get(front.at("/robots.txt"), timeout=9).text
    assert "Sitemap: https://localhost/sitemap.xml" in robots


def test_a_visitor_stays_logged_in_whichever_replica_answers(front: Front):
    session = front.session
    page = session.get(front.at("/my/login"), timeout=9)
    found = re.search(r'name="csrftoken" value="([^"]+)"', page.text)
    assert found
    form = {"csrftoken": found[1], "key": front.enterprise}
    entered = session.post(
        front.at("/my/login"), data=form, timeout=9, headers={"Referer": page.url}
    )
    assert entered.status_code == 200
    cookies = [c for c in session.cookies if c.name != "ds_csrftoken"]
    assert cookies
    assert all(c.secure for c in cookies)
    before = front.answered()
    for _ in range(8):
        answer = session.get(front.at("/my"), timeout=9, allow_redirects=False)
        assert answer.status_code == 200
    spread = front.answered() - before
    assert len(spread) == 2


def test_banks_show_a_certificate_and_see_the_interface_alone(front: Front):
    session = front.session
    place = f"https://localhost:{front.banks}"
    facts = f"{place}/api/v1/enterprises/{ALPHA}"
    headers = {"Authorization": f"Bearer {front.bank}"}
    refused = session.get(facts, headers=headers, timeout=9)
    assert refused.status_code == 400
    assert "No required SSL certificate" in refused.text
    session.cert = (str(front.folder / "bank.pem"), str(front.folder / "bank.key"))
    assert session.get(facts, headers=headers, timeout=9).status_code == 200
    assert session.get(f"{place}/", timeout=9).status_code == 404


def test_a_replica_that_is_killed_costs_no_answer(front: Front):
    """Six visitors go on asking while it dies; the other one takes all."""
    statuses = Counter[int]()
    lock, begun = threading.Lock(), threading.Event()

    def visit() -> None:
        session = front.session
        for number in range(40):
            try:
                address = front.at(f"/e/{ALPHA}?n={number}")
                status = session.get(address, timeout=20).status_code
            except requests.RequestException:
                status = 0
            with lock:
                statuses[status] += 1
                if statuses[200] > 60:
                    begun.set()

    before = front.answered()
    visitors = [threading.Thread(target=visit) for _ in range(6)]
    for visitor in visitors:
        visitor.start()
    assert begun.wait(60)
    spread = front.answered() - before
    victim, survivor = front.replicas
    front.replicas[victim].kill()
    for visitor in visitors:
        visitor.join()
    assert statuses == {200: 240}
    assert len(spread) == 2
    assert min(spread.values()) > 15
    assert front.replicas[survivor].poll() is None
