"""Two associations agree on keys over a memory link, and packets pass between them."""

from __future__ import annotations

import datetime
from collections import deque

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa

from media import aiortc_private
from media.dtls import Certificate, DtlsAssociation, DtlsRole, DtlsState, Fingerprint, SrtpProfile
from media.srtp import SrtpError, SrtpReceiver, SrtpSender

RTP = bytes.fromhex("80600001000000010000002a") + b"picture"
RTCP = bytes.fromhex("80c900010000002a")


class Pair:
    """A client and a server joined by two queues; `lose` drops the given datagrams of the client."""

    def __init__(self, *, server_expects: str | None = None, lose: set[int] | None = None) -> None:
        self.one, self.two = Certificate.generate(), Certificate.generate()
        self.to_server: deque[bytes] = deque()
        self.to_client: deque[bytes] = deque()
        self.sent = 0
        self._lose = lose or set()
        self.sizes: list[int] = []
        theirs = Fingerprint("sha-256", self.two.fingerprint)
        self.client = DtlsAssociation(self.one, DtlsRole.CLIENT, (theirs,), self._client_sends)
        expected = Fingerprint("sha-256", server_expects or self.one.fingerprint)
        self.server = DtlsAssociation(self.two, DtlsRole.SERVER, (expected,), self._server_sends)

    def _server_sends(self, datagram: bytes) -> None:
        self.sizes.append(len(datagram))
        self.to_client.append(datagram)

    def _client_sends(self, datagram: bytes) -> None:
        self.sent += 1
        if self.sent not in self._lose:
            self.to_server.append(datagram)

    def run(self) -> None:
        self.server.start()
        self.client.start()
        self.pump()

    def pump(self) -> None:
        while self.to_server or self.to_client:
            while self.to_server:
                self.server.handle(self.to_server.popleft())
            while self.to_client:
                self.client.handle(self.to_client.popleft())


def test_both_sides_connect_with_the_cheap_profile() -> None:
    pair = Pair()
    pair.run()
    assert pair.client.state is pair.server.state is DtlsState.CONNECTED
    assert pair.client.keys().profile is SrtpProfile.AEAD_AES_128_GCM
    assert pair.client.keys().local == pair.server.keys().remote
    assert pair.client.keys().remote == pair.server.keys().local


def test_every_datagram_fits_the_path() -> None:
    pair = Pair()
    pair.run()
    assert 0 < max(pair.sizes) <= 1200


def test_a_peer_with_another_certificate_is_refused() -> None:
    pair = Pair(server_expects="AA:" * 31 + "AA")
    pair.run()
    assert pair.server.state is DtlsState.FAILED
    with pytest.raises(RuntimeError):
        pair.server.keys()


def test_a_lost_flight_is_sent_again() -> None:
    pair = Pair(lose={1})
    pair.run()
    assert pair.client.state is DtlsState.CONNECTING
    wait = pair.client.timeout()
    assert wait is not None
    assert wait <= 1.0


def test_goodbye_is_heard_by_the_other_side() -> None:
    pair = Pair()
    pair.run()
    pair.client.close()
    pair.pump()
    assert pair.server.state is DtlsState.CLOSED


def test_application_data_is_read_over_however_much_there_is() -> None:
    """What is left unread is kept for ever, and the goodbye behind it is not heard."""
    pair = Pair()
    pair.run()
    client = pair.client._connection
    for _ in range(20):
        records = []
        for _ in range(30):
            client.send(b"x")
            records.append(client.bio_read(4096))
        pair.server.handle(b"".join(records))
    assert str(pair.server.state) == "connected"
    pair.client.close()
    pair.pump()
    assert pair.server.state is DtlsState.CLOSED


@pytest.mark.parametrize(("digests", "state"), [
    (("sha-256 right",), DtlsState.CONNECTED),
    (("sha-256 wrong", "sha-256 right"), DtlsState.CONNECTED),
    (("sha-512 right", "sha-256 wrong"), DtlsState.CONNECTED),
    (("sha-1 wrong", "sha-256 right"), DtlsState.CONNECTED),
    (("sha-512 wrong", "sha-256 right"), DtlsState.FAILED),
    (("sha-256 wrong", "sha-256 wrong"), DtlsState.FAILED),
])
def test_of_several_digests_one_of_the_strongest_has_to_be_right(
    digests: tuple[str, ...], state: DtlsState
) -> None:
    """An offer has a line for each certificate that the peer may use, and for each kind (RFC 8122)."""
    def value(pair: Pair, text: str) -> Fingerprint:
        kind, _, which = text.partition(" ")
        certificate = pair.client._connection.get_certificate()
        assert certificate
        right = certificate.digest(kind.replace("-", "")).decode()
        return Fingerprint(kind, right if which == "right" else right[3:] + right[2:3] + right[:2])

    pair = Pair()
    pair.server._fingerprints = tuple(value(pair, text) for text in digests)
    pair.run()
    assert pair.server.state is state


def test_noise_does_not_disturb_a_connection() -> None:
    pair = Pair()
    pair.run()
    for noise in (b"", b"\x16", b"\x16" * 50, b"\x15\xfe\xfd" + bytes(10) + b"\x02\x28", bytes(1400)):
        pair.server.handle(noise)
    assert pair.server.state is DtlsState.CONNECTED


def test_a_client_with_an_rsa_certificate_connects() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "encoder")])
    now = datetime.datetime.now(tz=datetime.UTC)
    certificate = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
                   .serial_number(1).not_valid_before(now).not_valid_after(now + datetime.timedelta(1))
                   .sign(key, hashes.SHA256()))
    pair = Pair()
    rsa_certificate = Certificate(key, certificate)  # type: ignore[arg-type]  # an encoder of another make
    for role in DtlsRole:
        other = DtlsRole.SERVER if role is DtlsRole.CLIENT else DtlsRole.CLIENT
        queue: deque[tuple[str, bytes]] = deque()
        theirs = DtlsAssociation(rsa_certificate, role, (Fingerprint("sha-256", pair.one.fingerprint),),
                                 lambda d, q=queue: q.append(("ours", d)))  # type: ignore[misc]
        ours = DtlsAssociation(pair.one, other, (Fingerprint("sha-256", rsa_certificate.fingerprint),),
                               lambda d, q=queue: q.append(("theirs", d)))  # type: ignore[misc]
        ours.start()
        theirs.start()
        while queue:
            to, datagram = queue.popleft()
            (ours if to == "ours" else theirs).handle(datagram)
        assert ours.state is theirs.state is DtlsState.CONNECTED


@pytest.mark.threat("T3")
def test_packets_pass_and_replays_and_forgeries_do_not() -> None:
    pair = Pair()
    pair.run()
    sender, receiver = SrtpSender(pair.server.keys()), SrtpReceiver(pair.client.keys())
    wire = sender.protect_rtp(RTP)
    assert len(wire) == len(RTP) + sender.tag_bytes
    assert b"picture" not in wire
    assert sender.protect_rtp(RTP) == wire, "sending again makes the very same bytes"
    assert receiver.unprotect_rtp(wire) == RTP
    with pytest.raises(SrtpError):
        receiver.unprotect_rtp(wire)
    with pytest.raises(SrtpError):
        receiver.unprotect_rtp(wire[:-1] + b"x")
    assert receiver.unprotect_rtcp(sender.protect_rtcp(RTCP)) == RTCP
    for junk in (b"", b"\x80", bytes(11), bytes(5000)):
        with pytest.raises(SrtpError):
            receiver.unprotect_rtp(junk)
        with pytest.raises(SrtpError):
            receiver.unprotect_rtcp(junk)


def test_the_binding_still_has_the_private_names_we_use() -> None:
    assert aiortc_private.ffi.typeof(aiortc_private.srtp_protect).cname == (
        "srtp_err_status_t(*)(struct srtp_ctx_t_ *, void *, int *)")
    for function in (aiortc_private.srtp_protect_rtcp, aiortc_private.srtp_unprotect,
                     aiortc_private.srtp_unprotect_rtcp):
        assert callable(function)
    assert aiortc_private.error_text(7) == "authentication failure"
    assert aiortc_private.error_text(999) == "error 999"
