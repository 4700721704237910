"""The `showroom` command: reads the command line and the settings, and prints for people.

Each command loads only what it needs, so that help and mistakes are answered at once.
Exit codes: 0 done, 1 it could not be done (the message says why), 2 the command line or a setting is wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import getpass
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from config.errors import FairError, Invalid
from config.logs import set_up_logging
from config.settings import Settings, load_settings
from showroom.effective import as_toml

OK, FAILED, MISUSED = 0, 1, 2
NOT_FOR_OTHERS = 0o027
"""Taken from the rights of every file, also those of child processes: the group may read it, nobody else."""

Command = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    os.umask(NOT_FOR_OTHERS)
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["bench"]:
        return _bench(words[1:])
    arguments = _parser().parse_args(words)
    command: Command = arguments.command
    try:
        return command(arguments)
    except FairError as error:
        print(f"showroom: {error.message}", file=sys.stderr)
        return MISUSED if isinstance(error, Invalid) else FAILED
    except KeyboardInterrupt:
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="showroom", description="A trade fair of live rooms, held on the web.",
        epilog="Every setting stands in config/defaults.toml; SHOWROOM_<SECTION>_<KEY> goes over it.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    serve = _add(commands, "serve", _serve, "open the fair and serve it until a signal ends it")
    demo = _add(commands, "demo", _demo, "open a demo fair with companies, accounts and shows on the air")
    demo.add_argument("--no-shows", action="store_true", help="put no room on the air")
    demo.add_argument("--small", action="store_true", help="three companies instead of twenty-four")
    check = _add(commands, "check-config", _check_config, "print the settings in force, or what is wrong")
    catalogue = _add(commands, "import", _import, "add or change halls, companies and products by a file")
    catalogue.add_argument("file", type=Path, metavar="FILE", help="a TOML file; docs/deploy.md describes it")
    catalogue.add_argument("--check", action="store_true", help="only say what is wrong or would change")
    account = _add(commands, "add-account", _add_account, "add an account; the password is asked for")
    account.add_argument("--role", required=True, choices=("buyer", "staff", "organiser"))
    account.add_argument("--email", required=True, help="what the person signs in with")
    account.add_argument("--name", required=True, help="shown to others")
    account.add_argument("--room", default="", help="the room of the company (staff only)")
    account.add_argument("--company", default="", help="shown to others; of staff, their room says it")
    account.add_argument("--password-stdin", action="store_true", help="read it from standard input")
    disable = _add(commands, "disable-account", _disable_account, "disable an account and show its owner out")
    disable.add_argument("email", metavar="EMAIL", help="what the person signs in with")
    key = _add(commands, "stream-key", _stream_key, "make a fresh stream key of a room and print it")
    key.add_argument("room", metavar="ROOM", help="as in the address of the room: /rooms/ROOM")
    audit = _add(commands, "check-audit", _check_audit, "check that the audit trail is whole and sealed")
    audit.add_argument("--receipt", type=Path, metavar="FILE", help="an exported thread, to compare with")
    verify = _add(commands, "verify", _verify, "check a signed order of intent (PDF, JSON) offline")
    verify.add_argument("file", type=Path, metavar="FILE", help="what a fair gave you")
    verify.add_argument(
        "--certificate", type=Path, metavar="PEM", help="what the fair publishes at /fair-certificate.pem"
    )
    for command in (serve, demo, check, catalogue, account, disable, key, audit):
        command.add_argument("--config", type=Path, metavar="FILE", help="a TOML file over the defaults")
    commands.add_parser("bench", help="measure the relay with many viewers; see showroom bench --help")
    return parser


def _add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, command: Command, meaning: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=meaning, description=f"{meaning[0].upper()}{meaning[1:]}.")
    parser.set_defaults(command=command)
    return parser


def _serve(arguments: argparse.Namespace) -> int:
    settings = _settings(arguments)
    from showroom import lifecycle, serving

    set_up_logging(settings.log)
    return lifecycle.run(lambda ending: serving.serve(settings, ending))


def _demo(arguments: argparse.Namespace) -> int:
    settings = _settings(arguments, SHOWROOM_LOG_FORMAT="text", SHOWROOM_LOG_LEVEL="warning")
    from showroom import lifecycle, serving
    from showroom.demonstration import Demonstration

    set_up_logging(settings.log)
    demo = Demonstration(shows=not arguments.no_shows, small=arguments.small, say=_say)
    return lifecycle.run(lambda ending: serving.serve(settings, ending, demo))


def _bench(words: list[str]) -> int:
    from showroom.load import bench

    return bench.main(words)


def _check_config(arguments: argparse.Namespace) -> int:
    _say(as_toml(_settings(arguments)))
    return OK


def _import(arguments: argparse.Namespace) -> int:
    settings = _settings(arguments)
    from showroom import importing

    work = importing.import_catalogue(settings, arguments.file, only_check=arguments.check)
    _say(asyncio.run(work))
    return OK


def _add_account(arguments: argparse.Namespace) -> int:
    settings, said = _settings(arguments), arguments
    from showroom import errands

    new = errands.NewAccount(said.role, said.email, said.name, said.room, said.company, _password(said))
    _say(asyncio.run(errands.add_account(settings, new)))
    return OK


def _disable_account(arguments: argparse.Namespace) -> int:
    settings = _settings(arguments)
    from showroom import errands

    _say(asyncio.run(errands.disable_account(settings, arguments.email)))
    return OK


def _stream_key(arguments: argparse.Namespace) -> int:
    settings = _settings(arguments)
    from showroom import errands

    _say(asyncio.run(errands.stream_key(settings, arguments.room)))
    return OK


def _check_audit(arguments: argparse.Namespace) -> int:
    settings = _settings(arguments)
    from showroom import errands

    _say(asyncio.run(errands.check_audit(settings, arguments.receipt)))
    return OK


def _verify(arguments: argparse.Namespace) -> int:
    from showroom import verifying

    return OK if verifying.verify(arguments.file, arguments.certificate, _say) else FAILED


def _settings(arguments: argparse.Namespace, **defaults: str) -> Settings:
    return load_settings(arguments.config, {**defaults, **os.environ})


def _password(arguments: argparse.Namespace) -> str:
    if arguments.password_stdin:
        return sys.stdin.readline().rstrip("\n")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", getpass.GetPassWarning)
            password, again = getpass.getpass("Password: "), getpass.getpass("Again: ")
    except (EOFError, getpass.GetPassWarning):
        raise Invalid("there is no terminal to ask for the password at: give --password-stdin") from None
    if again != password:
        raise Invalid("the two passwords differ")
    return password


def _say(text: str) -> None:
    print(text, flush=True)
