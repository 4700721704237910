"""Packets in, packets out: ICE-lite, DTLS, SRTP, SDP and the relay. Knows no accounts and no HTTP."""

from media.precompiled import find_built

find_built(__path__)
