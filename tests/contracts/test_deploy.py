"""What operators deploy: the image, the composition, the proxy and TURN agree with the settings."""

from __future__ import annotations

import re
import subprocess
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.settings import Settings, load_settings
from config.sources import default_values, variable_names
from rooms.fair import pictures
from rooms.negotiation.file_kinds import LIMIT_BYTES
from showroom import data_folder
from showroom.paper import CERTIFICATE_FILE
from tests.contracts.source import ROOT
from web.body import BODY_LIMITS

DEPLOY = ROOT / "config" / "deploy"
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
APP: dict[str, Any] = COMPOSE["services"]["app"]
GUIDE = (ROOT / "docs" / "deploy.md").read_text("utf-8")
CADDYFILE = (DEPLOY / "Caddyfile").read_text("utf-8")
TURN = [line.split("#")[0].strip() for line in (DEPLOY / "turnserver.conf").read_text("utf-8").splitlines()]
GIVEN = {
    "FAIR_DOMAIN": "fair.example", "POSTGRES_PASSWORD": "p", "VALKEY_PASSWORD": "v", "FAIR_KEY": "k" * 32,
    "PUBLIC_ADDRESS": "192.0.2.7", "LISTEN_ADDRESS": "192.0.2.7", "TURN_SECRET": "t",
}
SECRETS = {"POSTGRES_PASSWORD", "VALKEY_PASSWORD", "FAIR_KEY", "TURN_SECRET"}


def filled_in(text: str) -> str:
    """Return the text as the operator's `.env` file makes it."""
    return re.sub(r"\$\{(\w+)[^}]*\}", lambda found: GIVEN[found[1]], text)


def settings_of(variables: dict[str, str]) -> Settings:
    """Return the settings a container with these variables would run with."""
    return load_settings(None, {name: filled_in(text) for name, text in variables.items()})


def image_variables() -> dict[str, str]:
    """Return the SHOWROOM_ variables the image sets."""
    return dict(re.findall(r"\b(SHOWROOM_\w+)=(\S+)", DOCKERFILE))


def turn_values(key: str) -> list[str]:
    """Return every value of a key of turnserver.conf."""
    return [line.removeprefix(f"{key}=") for line in TURN if line.startswith(f"{key}=")]


def test_composition_sets_only_what_exists_and_the_server_accepts_it() -> None:
    """Each variable is a setting, and together they are valid."""
    settings = settings_of({**image_variables(), **APP["environment"]})
    assert settings.public_url == "https://fair.example"
    assert settings.database.url == "postgresql+asyncpg://fair:p@127.0.0.1:5432/fair"
    assert settings.redis.url == "redis://:v@127.0.0.1:6379/0"


def test_documentation_names_only_variables_that_exist() -> None:
    """README and docs/deploy.md do not speak of settings there are none of."""
    known = variable_names(default_values())
    for name in ("README.md", "docs/deploy.md"):
        spoken = set(re.findall(r"\bSHOWROOM_[A-Z]+_[A-Z_]+\b", (ROOT / name).read_text("utf-8")))
        assert spoken <= set(known), name


def test_settings_of_the_guide_are_lines_as_systemd_and_a_shell_take_them() -> None:
    """`export` makes systemd pass a line over, what stands behind a value becomes part of it."""
    lines = re.findall(r"^(?:export )?SHOWROOM_.*$", GUIDE, re.MULTILINE)
    value = r"\"[^\"$`\\]+\"|[^\"\s?&;'()<>$`\\]+"
    taken = [re.fullmatch(rf"(SHOWROOM_[A-Z_]+)=({value})", line) for line in lines]
    assert [line for line, found in zip(lines, taken, strict=True) if found is None] == []
    given = {found[1]: found[2].strip('"') for found in taken if found}
    assert len(given) > 15
    there = {name: text for name, text in given.items() if not name.startswith("SHOWROOM_SEAL_")}
    assert load_settings(None, there).mail.sender == "The fair <fair@fair.example>"


def test_guide_names_all_that_operators_deploy() -> None:
    """What stands beside the composition is linked from the guide."""
    files = {path.name for path in DEPLOY.iterdir() if path.name not in (".env", "turn.conf")}
    assert {name for name in files if f"(../config/deploy/{name})" not in GUIDE} == set()


def test_image_listens_where_it_says() -> None:
    """The ports exposed and asked by the health check are the ports set."""
    variables = image_variables()
    http, ice = variables["SHOWROOM_HTTP_PORT"], variables["SHOWROOM_ICE_PORT"]
    assert re.findall(r"^EXPOSE (.+)$", DOCKERFILE, re.MULTILINE) == [f"{http}/tcp {ice}/tcp {ice}/udp"]
    assert f"http://127.0.0.1:{http}/readyz" in DOCKERFILE
    assert f"VOLUME {variables['SHOWROOM_DATA_FOLDER']}" in DOCKERFILE
    assert set(variables) <= set(variable_names(default_values()))


def test_image_ports_are_the_default_ports() -> None:
    """Who reads defaults.toml knows the ports of the image."""
    defaults = load_settings()
    assert image_variables()["SHOWROOM_HTTP_PORT"] == str(defaults.http.port)
    assert image_variables()["SHOWROOM_ICE_PORT"] == str(defaults.ice.port)


def test_image_holds_locked_packages_and_runs_as_nobody_special() -> None:
    """Hashes are required, wheels only, and the last stage does not run as root."""
    assert "--require-hashes --only-binary :all: -r requirements.lock" in DOCKERFILE
    assert DOCKERFILE.count("\nFROM ") == 3
    assert "\nUSER showroom\n" in DOCKERFILE.rpartition("\nFROM ")[2]
    copied = set(re.findall(r"^COPY (\w+) \1$", DOCKERFILE, re.MULTILINE))
    assert copied == {"config", "rooms", "media", "signaling", "web", "showroom"}
    allowed = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert {f"!{folder}" for folder in copied} <= set(allowed)


def test_image_is_python_of_the_project() -> None:
    """The base image has the version the locks were made for."""
    (version,) = set(re.findall(r"FROM python:(\d\.\d+)", DOCKERFILE))
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert f"with Python {version}" in lock


def test_proxy_leads_to_the_server_and_is_trusted() -> None:
    """Caddy asks the port the server listens on, and the server believes Caddy who the client is."""
    settings = settings_of(APP["environment"])
    assert f"reverse_proxy {settings.http.host}:{settings.http.port}" in CADDYFILE
    assert settings.http.trusted_proxies == (settings.http.host,)


def test_stores_are_reached_from_this_machine_only() -> None:
    """Valkey and PostgreSQL are published on loopback, where the server looks for them."""
    settings = settings_of(APP["environment"])
    for service, url in (("valkey", settings.redis.url), ("postgres", settings.database.url)):
        (port,) = COMPOSE["services"][service]["ports"]
        address, outside, _ = port.split(":")
        assert ip_address(address).is_loopback
        assert f"@{address}:{outside}/" in url


def test_what_must_last_is_on_a_volume() -> None:
    """Data, stores and certificates survive a new container, and every volume is used."""
    mounted = {
        volume.split(":")[0]
        for service in COMPOSE["services"].values()
        for volume in service.get("volumes", [])
        if not volume.startswith("./")
    }
    assert mounted == set(COMPOSE["volumes"])
    assert f"data:{image_variables()['SHOWROOM_DATA_FOLDER']}" in APP["volumes"]


def test_mounted_files_exist_or_are_written_by_hand() -> None:
    """Configuration that is mounted stands beside the composition, but for what holds a secret."""
    mounted = [volume for service in COMPOSE["services"].values() for volume in service.get("volumes", [])]
    files = {volume.split(":")[0] for volume in mounted if volume.startswith("./")}
    assert {file for file in files if not (DEPLOY / file).is_file()} == {"./turn.conf"}
    assert "install -m 600 -o 65534 /dev/stdin turn.conf" in GUIDE


@pytest.mark.parametrize("name", [".env", "turn.conf"])
def test_files_with_secrets_are_neither_committed_nor_sent_to_the_build(name: str) -> None:
    ignored = ["git", "check-ignore", "--quiet", "--no-index", f"config/deploy/{name}"]
    assert subprocess.run(ignored, cwd=ROOT, check=False).returncode == 0
    left_out = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    last = max(left_out.index(line) for line in left_out if line.startswith("!config"))
    assert left_out.index({".env": "**/.env"}.get(name, f"config/deploy/{name}")) > last


def test_no_secret_stands_on_a_command_line() -> None:
    """Every user of a machine reads those."""
    for service in COMPOSE["services"].values():
        command = str(service.get("command", ""))
        assert not re.search(r"\$\{\w*(SECRET|KEY|PASSWORD)\b", command)
        assert not re.search(r"--\w+ *\S*\$\$\{?\w*(SECRET|KEY|PASSWORD)\b", command)


def test_proxy_lets_through_what_the_server_takes_and_does_not_wait_for_stores() -> None:
    """A file of a call is the largest body of all; a page that needs no store is shown without one."""
    (megabytes,) = re.findall(r"max_size (\d+)MB", CADDYFILE)
    assert int(megabytes) * 10**6 > max(LIMIT_BYTES, *BODY_LIMITS.values()) + 1024
    assert re.findall(r"health_uri (\S+)", CADDYFILE) == ["/healthz"]


def test_cache_lies_where_nginx_can_make_its_folder() -> None:
    """It makes the last folder of the path only; what is above is there on every system."""
    (path,) = re.findall(r"^proxy_cache_path (\S+)", (DEPLOY / "nginx-hls.conf").read_text("utf-8"), re.M)
    assert str(Path(path).parent) == "/var/cache"


def test_backup_names_all_that_is_kept() -> None:
    keeping = GUIDE.partition("## Keeping")[2].partition("## TURN")[0]
    kept = (
        "fair.sqlite3", data_folder.SECRET.name, data_folder.SEAL.name, data_folder.NODE.name,
        CERTIFICATE_FILE, data_folder.RECORDINGS, data_folder.CALL_FILES, pictures.FOLDER,
    )
    assert [name for name in kept if f"`{name}" not in keeping] == []


def test_service_keeps_its_data_where_it_is_told() -> None:
    """The unit names a folder that it makes itself, and a program that the guide installs."""
    unit = (DEPLOY / "showroom.service").read_text("utf-8")
    (folder,) = re.findall(r"SHOWROOM_DATA_FOLDER=(\S+)", unit)
    assert f"StateDirectory={Path(folder).name}\nStateDirectoryMode=0750\n" in unit
    (program,) = re.findall(r"ExecStart=(\S+)/bin/showroom serve", unit)
    assert f"python3 -m venv {program}\n" in GUIDE


def test_secrets_come_from_outside() -> None:
    """No password stands in the repository: every one is a variable without a default."""
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    for secret in SECRETS:
        uses = re.findall(rf"\$\{{{secret}([^}}]*)\}}", text)
        assert uses
        assert all(use.startswith(":?") for use in uses)
    used = set(re.findall(r"\$\{(\w+)", text))
    assert used == set(GIVEN)
    assert all(name in (ROOT / "docs" / "deploy.md").read_text("utf-8") for name in used)


def test_turn_listens_where_browsers_are_sent() -> None:
    """The port in the server's turn.urls is coturn's, and the secret is the same variable."""
    settings = settings_of(APP["environment"])
    (port,) = turn_values("listening-port")
    assert all(f":{port}" in url for url in settings.turn.urls)
    assert "use-auth-secret" in TURN
    assert APP["environment"]["SHOWROOM_TURN_SECRET"] == "${TURN_SECRET:?}"
    assert "grep ^TURN_SECRET= .env | sed s/TURN_SECRET/static-auth-secret/" in GUIDE


def test_ports_do_not_meet() -> None:
    """On the one network of the machine every port is somebody's alone."""
    settings = settings_of(APP["environment"])
    (low,), (high,) = turn_values("min-port"), turn_values("max-port")
    assert not int(low) <= settings.ice.port <= int(high)
    (turn,) = turn_values("listening-port")
    ports = [settings.http.port, settings.ice.port, 80, 443, 5432, 6379, int(turn)]
    assert len(ports) == len(set(ports))


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.31.255.255", "192.0.0.8",
        "192.168.1.1", "198.19.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1",
        "64:ff9b::a00:1", "64:ff9b:1::1", "100::1", "2001:db8::1", "2002:7f00:1::", "fc00::1", "fd12::1",
        "fe80::1", "ff02::1",
    ],
)
def test_turn_relays_into_no_special_network(address: str) -> None:
    """Special-purpose ranges are denied as peers, and nothing is allowed over it."""
    asked = ip_address(address)
    ranges = [[ip_address(end) for end in text.split("-")] for text in turn_values("denied-peer-ip")]
    assert any(low.version == asked.version and int(low) <= int(asked) <= int(high) for low, high in ranges)
    assert turn_values("allowed-peer-ip") == []


def test_turn_ranges_are_whole_networks() -> None:
    """A slip of a digit in a range would leave a gap."""
    for text in turn_values("denied-peer-ip"):
        low, high = (ip_address(end) for end in text.split("-"))
        size = int(high) - int(low) + 1
        if text not in ("224.0.0.0-255.255.255.255", "::-::1"):
            assert size & (size - 1) == 0, text
            assert ip_network((int(low), low.max_prefixlen - size.bit_length() + 1)), text


@pytest.mark.parametrize(
    "option", ["no-tcp-relay", "no-multicast-peers", "no-cli", "stale-nonce=600", "user-quota=12"]
)
def test_turn_has_its_guards(option: str) -> None:
    """Quotas and closed doors are on; loopback peers, a help for tests only, are not."""
    assert option in TURN
    assert "allow-loopback-peers" not in TURN
    assert any(line.startswith("total-quota=") for line in TURN)
