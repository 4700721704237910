"""What LiveKit is told: its settings, and who may do what in its room."""

from __future__ import annotations

import json

import aiohttp
import pytest
import yaml
from joserfc import jwt
from joserfc.jwk import OctKey

from media.dtls import Certificate
from showroom.load.host import LiveKitHost
from showroom.load.livekit import API_KEY, CONFIG, PUBLISHER, WANTED, RunningLiveKit, token

SECRET = "s" * 64
LIVEKIT = RunningLiveKit(1, "http://127.0.0.1:1/whip/v1", SECRET)


def test_settings_keep_it_on_loopback_and_hold_nothing_back() -> None:
    """All media goes through one port of this machine, and congestion pauses nobody."""
    said = yaml.safe_load(CONFIG.format(http=1, udp=2, key=API_KEY, secret=SECRET))
    assert (said["port"], said["bind_addresses"], said["keys"]) == (1, ["127.0.0.1"], {API_KEY: SECRET})
    assert (said["rtc"]["udp_port"], said["rtc"]["interfaces"]) == (2, {"includes": ["lo"]})
    assert said["rtc"]["congestion_control"] == {"enabled": False, "allow_pause": False}


@pytest.mark.parametrize("publishes", [True, False])
def test_token_says_who_may_do_what(publishes: bool) -> None:
    """A publisher sends and is seen, a viewer watches and is not."""
    shown = token(SECRET, "someone", 1000.7, publishes=publishes)
    claims = jwt.decode(shown, OctKey.import_key(SECRET)).claims
    assert (claims["iss"], claims["sub"], claims["nbf"]) == (API_KEY, "someone", 1000)
    assert claims["exp"] > 1000
    rights = claims["video"]
    assert rights["canPublish"] is publishes
    assert rights["canSubscribe"] is rights["hidden"] is not publishes


async def test_every_viewer_is_somebody_else_and_names_the_publisher() -> None:
    """Of two with one name the server would send the first away."""
    host = LiveKitHost(1, LIVEKIT.door, LIVEKIT.door, LIVEKIT.publisher_token(), livekit=LIVEKIT)
    async with aiohttp.ClientSession() as http:
        one, two = (host.viewer(http, Certificate.generate(), 0) for _ in range(2))
    assert _name(one.bearer) != _name(two.bearer)
    assert one.headers == WANTED
    (wanted,) = (json.loads(text)["subscribedParticipantTrackNames"] for text in WANTED.values())
    assert list(wanted) == [_name(host.key)] == [PUBLISHER]


def _name(shown: str) -> str:
    return str(jwt.decode(shown, OctKey.import_key(SECRET)).claims["sub"])
