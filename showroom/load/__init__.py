"""Light WebRTC peers that publish and view over real ICE, DTLS and SRTP."""
