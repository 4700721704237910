"""A real coturn on loopback for calls that must go through a relay, over UDP, TCP and TLS."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.ports import free_port

SECRET = "only for this test run, never for a fair"
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Turn:
    """Where it listens, where it writes what it did, and the hash of the key its certificate has."""

    port: int
    tls_port: int
    log: Path
    key_hash: str

    def urls(self, udp_port: int | None = None) -> str:
        """Return what the fair tells browsers: each way to it, by UDP perhaps over a line at another port."""
        udp = f"turn:{HOST}:{udp_port or self.port}?transport=udp"
        tcp = f"turn:{HOST}:{self.port}?transport=tcp"
        return ",".join((udp, tcp, f"turns:{HOST}:{self.tls_port}?transport=tcp"))

    def relays(self, port: int) -> bool:
        """Tell whether an allocation at this port is there, by what the kernel knows of its socket."""
        sockets = Path("/proc/net/udp").read_text("ascii").splitlines()[1:]
        return any(int(line.split()[1].rpartition(":")[2], 16) == port for line in sockets)


@asynccontextmanager
async def coturn(folder: Path) -> AsyncIterator[Turn]:
    """Run coturn until the block ends; loopback peers are allowed because the test's peers live there."""
    turn = Turn(free_port(), free_port(), folder / "turn.log", _certify(folder))
    process = await asyncio.create_subprocess_exec(
        "turnserver",
        "-n",
        f"--listening-ip={HOST}",
        f"--relay-ip={HOST}",
        f"--listening-port={turn.port}",
        f"--tls-listening-port={turn.tls_port}",
        f"--cert={folder / 'turn.pem'}",
        f"--pkey={folder / 'turn.key'}",
        "--use-auth-secret",
        f"--static-auth-secret={SECRET}",
        "--realm=fair",
        "--no-dtls",
        "--allow-loopback-peers",
        "--no-cli",
        "--verbose",
        f"--log-file={turn.log}",
        "--simple-log",
        f"--pidfile={folder / 'turn.pid'}",
        f"--userdb={folder / 'turn.db'}",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        for port in (turn.port, turn.tls_port):
            await _listening(port)
        yield turn
    finally:
        process.terminate()
        await process.wait()


def _certify(folder: Path) -> str:
    """Write a certificate for this run and its key; return the hash by which Chromium comes to trust it."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (folder / "turn.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "turn.key").write_bytes(key.private_bytes(pem, pkcs8, serialization.NoEncryption()))
    der, info = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    return base64.b64encode(hashlib.sha256(key.public_key().public_bytes(der, info)).digest()).decode()


async def _listening(port: int) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                _, writer = await asyncio.open_connection(HOST, port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return
