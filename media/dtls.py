"""One DTLS association for SRTP keys (RFC 5764), without sockets: datagrams in, datagrams out.

The owner hands in what arrives from the peer's validated address, sends what `send` is called with,
and calls `handle_timeout` when `timeout` has passed. No application data is ever carried.

Only DTLS 1.2 is spoken: its records can be told apart in OpenSSL's memory buffer, which runs the
datagrams of one flight together, and its flights fit every browser and encoder in use.
"""

from __future__ import annotations

import contextlib
import datetime
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, StrEnum

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL

MTU_BYTES = 1200
RECORD_HEADER_BYTES = 13
CERTIFICATE_DAYS = 30
FIRST_REPEAT_SECONDS = 0.1
MAX_REPEATS = 3
"""A hello nobody answers is repeated sooner than OpenSSL would: encoders lose the first one."""
DTLS_1_2 = 0xFEFD
EXPORTER_LABEL = b"EXTRACTOR-dtls_srtp"
RELEASE_BUFFERS = 0x10  # SSL_MODE_RELEASE_BUFFERS: silent as all are after the handshake, it holds none.

# A peer with an RSA certificate (GStreamer) takes the ECDHE-RSA suites when it is the server.
CIPHERS = (
    b"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    b"ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
    b"ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    b"ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA"
)

_DIGESTS: dict[str, hashes.HashAlgorithm] = {
    "sha-256": hashes.SHA256(),
    "sha-384": hashes.SHA384(),
    "sha-512": hashes.SHA512(),
}


class DtlsRole(StrEnum):
    """Who says hello: the client (`a=setup:active`) or nobody but the other (`passive`)."""

    CLIENT = "client"
    SERVER = "server"


class DtlsState(StrEnum):
    """Where an association stands; FAILED and CLOSED are final."""

    NEW = "new"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    FAILED = "failed"
    CLOSED = "closed"


_ALIVE = (DtlsState.CONNECTING, DtlsState.CONNECTED)


class SrtpProfile(Enum):
    """The protection profiles we speak, best first: OpenSSL's name, bytes of key, salt and tag."""

    AEAD_AES_128_GCM = (b"SRTP_AEAD_AES_128_GCM", 16, 12, 16)
    AES_CM_128_HMAC_SHA1_80 = (b"SRTP_AES128_CM_SHA1_80", 16, 14, 10)

    def __init__(self, openssl_name: bytes, key_bytes: int, salt_bytes: int, tag_bytes: int) -> None:
        self.openssl_name = openssl_name
        self.key_bytes = key_bytes
        self.salt_bytes = salt_bytes
        self.tag_bytes = tag_bytes


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A certificate's digest as SDP has it: `sha-256` and `AB:CD:…`."""

    algorithm: str
    value: str


@dataclass(frozen=True, slots=True)
class SrtpKeys:
    """Master keys with salt: `local` protects what we send, `remote` what the peer sends."""

    profile: SrtpProfile
    local: bytes
    remote: bytes


class Certificate:
    """A self-signed certificate with its key; one serves all associations of a process."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> None:
        self._context = _context(key, certificate)
        self.fingerprint = _digest(certificate, "sha-256")
        """The SHA-256 digest as SDP writes it, `AB:CD:…`."""
        self.expires = certificate.not_valid_after_utc

    @classmethod
    def generate(cls) -> Certificate:
        """Return a fresh certificate on P-256 that is good for thirty days."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, secrets.token_hex(8))])
        now = datetime.datetime.now(tz=datetime.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=CERTIFICATE_DAYS))
        )
        return cls(key, builder.sign(key, hashes.SHA256()))

    def connection(self) -> SSL.Connection:
        """Return a fresh connection over memory buffers."""
        connection = SSL.Connection(self._context)
        connection.set_ciphertext_mtu(MTU_BYTES)
        return connection


class DtlsAssociation:
    """The handshake with one peer. After `FAILED` or `CLOSED` it takes and gives nothing more."""

    def __init__(
        self,
        certificate: Certificate,
        role: DtlsRole,
        peer_fingerprints: tuple[Fingerprint, ...],
        send: Callable[[bytes], None],
    ) -> None:
        self._connection = certificate.connection()
        self._role = role
        self._fingerprints = peer_fingerprints
        self._send = send
        self._keys: SrtpKeys | None = None
        self._first_flight: list[bytes] | None = []
        self._repeats = 0
        self.state = DtlsState.NEW
        if role is DtlsRole.SERVER:
            self._connection.set_accept_state()
        else:
            self._connection.set_connect_state()

    def start(self) -> None:
        """Begin: a client says hello, a server waits for it."""
        if self.state is DtlsState.NEW:
            self.state = DtlsState.CONNECTING
            self._shake_hands()

    def handle(self, datagram: bytes | memoryview) -> None:
        """Take a DTLS datagram from the peer; never raises, see `state` for what became of it."""
        if self.state not in _ALIVE or len(datagram) < RECORD_HEADER_BYTES:
            return
        self._first_flight = None
        self._connection.bio_write(bytes(datagram))
        if self.state is DtlsState.CONNECTING:
            self._shake_hands()
        else:
            self._listen()

    def timeout(self) -> float | None:
        """Return the seconds until `handle_timeout` is due, or None when nothing waits for an answer."""
        if self.state is not DtlsState.CONNECTING:
            return None
        if self._first_flight and self._repeats < MAX_REPEATS:
            return FIRST_REPEAT_SECONDS * (1 << self._repeats)
        return self._connection.DTLSv1_get_timeout()

    def handle_timeout(self) -> None:
        """Send the last flight again if its answer is overdue."""
        if self.state is not DtlsState.CONNECTING:
            return
        if self._first_flight and self._repeats < MAX_REPEATS:
            self._repeats += 1
            for datagram in list(self._first_flight):
                self._send(datagram)
            return
        try:
            self._connection.DTLSv1_handle_timeout()
        except SSL.Error:
            self.state = DtlsState.FAILED
        self._flush()

    def keys(self) -> SrtpKeys:
        """Return the SRTP keys; only once connected."""
        if self._keys is None:
            raise RuntimeError("the association has no keys before it is connected")
        return self._keys

    def close(self) -> None:
        """Say goodbye when connected, and take nothing more."""
        if self.state is DtlsState.CONNECTED:
            with contextlib.suppress(SSL.Error):  # the peer has gone already
                self._connection.shutdown()
            self._flush()
        self.state = DtlsState.CLOSED
        self._send = _nowhere  # our owner is not held by us: both go at once, not when garbage is sought

    def _shake_hands(self) -> None:
        try:
            self._connection.do_handshake()
        except SSL.WantReadError:
            self._flush()
            return
        except SSL.Error:
            self._flush()
            self.state = DtlsState.FAILED
            return
        self._flush()
        self._keys = self._agreed_keys() if self._peer_is_who_it_said() else None
        self.state = DtlsState.CONNECTED if self._keys else DtlsState.FAILED

    def _listen(self) -> None:
        try:
            while True:  # application data has no meaning here; left unread it would be kept for ever
                self._connection.recv(MTU_BYTES)
        except SSL.WantReadError:
            pass  # a handshake message of the past, or noise
        except SSL.Error:
            self.state = DtlsState.CLOSED
        self._flush()

    def _flush(self) -> None:
        try:
            while data := self._connection.bio_read(65536):
                for datagram in _datagrams(data):
                    if self._first_flight is not None:
                        self._first_flight.append(datagram)
                    self._send(datagram)
        except SSL.WantReadError:
            pass  # empty

    def _peer_is_who_it_said(self) -> bool:
        """Compare the certificate with the digests of the strongest kind in the SDP (RFC 8122 section 5)."""
        certificate = self._connection.get_peer_certificate(as_cryptography=True)
        kind = max((f.algorithm for f in self._fingerprints if f.algorithm in _DIGESTS), default="")
        digest = _digest(certificate, kind) if certificate and kind else None
        return any(f.algorithm == kind and f.value == digest for f in self._fingerprints)

    def _agreed_keys(self) -> SrtpKeys | None:
        name = self._connection.get_selected_srtp_profile()
        profile = next((p for p in SrtpProfile if p.openssl_name == name), None)
        if profile is None:
            return None
        key, salt = profile.key_bytes, profile.salt_bytes
        secret = self._connection.export_keying_material(EXPORTER_LABEL, 2 * (key + salt))
        client = secret[:key] + secret[2 * key : 2 * key + salt]
        server = secret[key : 2 * key] + secret[2 * key + salt :]
        if self._role is DtlsRole.SERVER:
            return SrtpKeys(profile, local=server, remote=client)
        return SrtpKeys(profile, local=client, remote=server)


def _nowhere(_datagram: bytes) -> None:
    """Nothing is sent after the end."""


def _context(key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> SSL.Context:
    context = SSL.Context(SSL.DTLS_METHOD)
    context.set_min_proto_version(DTLS_1_2)
    context.set_max_proto_version(DTLS_1_2)
    context.set_options(SSL.OP_NO_TICKET | SSL.OP_NO_QUERY_MTU | SSL.OP_NO_RENEGOTIATION)
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    context.set_mode(RELEASE_BUFFERS)
    # Who the peer is follows from the digest in its SDP, not from a chain.
    context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *_: True)
    context.set_cipher_list(CIPHERS)
    context.use_certificate(certificate)
    context.use_privatekey(key)
    context.set_tlsext_use_srtp(b":".join(profile.openssl_name for profile in SrtpProfile))
    return context


def _digest(certificate: x509.Certificate, algorithm: str) -> str:
    return certificate.fingerprint(_DIGESTS[algorithm]).hex(":").upper()


def _datagrams(data: bytes) -> Iterator[bytes]:
    """Cut a run of DTLS records into datagrams that fit the path."""
    start = position = 0
    while position + RECORD_HEADER_BYTES <= len(data):
        size = RECORD_HEADER_BYTES + int.from_bytes(data[position + 11 : position + 13], "big")
        if position > start and position + size - start > MTU_BYTES:
            yield data[start:position]
            start = position
        position += size
    if start < len(data):
        yield data[start:]
