"""Secrets by reference: ``${file:…}``, ``${env:…}``, ``${credential:…}`` (systemd). Never shown, whatever is wrong."""

import os
import re
from pathlib import Path

from netmon.config.reader import read_bytes
from netmon.config.source import Scalar, shown
from netmon.config.wrong import WrongError
from netmon.settings import Secret

MEND = (
    "a secret is never written here: put it in a file and refer to it as ${file:secrets/NAME}"
    " (or ${env:NAME}, or ${credential:NAME} under systemd)"
)
MAX_SECRET_BYTES = 64 * 1024
REFERENCE = r"\$\{(file|env|credential):([^${}]+)\}"

CREDENTIALS = "/run/credentials/netmon.service"
"""Where systemd keeps those of the service: for commands that somebody runs beside it."""

_WHOLE = re.compile(REFERENCE)
_QUOTE = re.compile(r"\$\{\w+\}")
_ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CREDENTIAL_NAME = re.compile(r"(?!\.{1,2}$)[^/\0]+")


def resolve(scalar: Scalar) -> Secret:
    """The secret a value refers to.

    Raises:
        WrongError: the value is no reference (its text is not repeated), or what it refers to cannot be used.
    """
    match = _WHOLE.fullmatch(scalar)
    if not match:
        raise WrongError(MEND)
    return Secret(_value(match[1], match[2], scalar.mark.source.path.parent))


def referred(text: str, base: Path) -> str | None:
    """What a text that is one reference refers to, files beside ``base``; None: it is no reference.

    Raises:
        WrongError: what it refers to cannot be used.
    """
    match = _WHOLE.fullmatch(text)
    return _value(match[1], match[2], base) if match else None


def secret_in_file(name: str, base: Path) -> str:
    """The one line that the file ``name``, beside ``base``, holds.

    Raises:
        WrongError: it cannot be used.
    """
    return _value("file", name, base)


def expand(scalar: Scalar, *, quotes: bool = False) -> str | Secret:
    """A text in which references may stand among other words (``Bearer ${file:token}``); secret if any does.

    ``quotes``: it is a template, in which ``${1}`` and ``${name}`` stand for something else; a dollar in a secret stays
    one there.

    Raises:
        WrongError: a reference is malformed, or what it refers to cannot be used.
    """
    pieces = _WHOLE.split(scalar)
    literals, kinds, names = pieces[0::3], pieces[1::3], pieces[2::3]
    if any("${" in (_QUOTE.sub("", literal) if quotes else literal) for literal in literals):
        raise WrongError("expected ${file:…}, ${env:…} or ${credential:…} after a '${'")
    if not kinds:
        return str(scalar)
    base = scalar.mark.source.path.parent
    values = [_value(kind, name, base) for kind, name in zip(kinds, names, strict=True)]
    if quotes:
        values = [value.replace("$", "$$") for value in values]
    return Secret(literals[0] + "".join(value + rest for value, rest in zip(values, literals[1:], strict=True)))


def _value(kind: str, name: str, base: Path) -> str:
    if kind == "env":
        return _from_environment(name)
    if kind == "credential":
        return _from_systemd(name)
    return _from_file(base / name, f"the file {shown(name)}")


def _from_environment(name: str) -> str:
    if not _ENV_NAME.fullmatch(name):
        raise WrongError(f"{shown(name)} cannot be the name of an environment variable")
    value = os.environ.get(name)
    if not value:
        raise WrongError(f"the environment variable {name} is {'not set' if value is None else 'empty'}")
    return _one_line(value, f"the environment variable {name}")


def _from_systemd(name: str) -> str:
    if not _CREDENTIAL_NAME.fullmatch(name):
        raise WrongError(f"{shown(name)} cannot be the name of a systemd credential")
    directory = os.environ.get("CREDENTIALS_DIRECTORY") or CREDENTIALS
    if not Path(directory).is_dir():
        raise WrongError(
            f"there is no $CREDENTIALS_DIRECTORY: start netmon by systemd with LoadCredential={name}:/path/of/the/file"
            f" (commands of root find it in {CREDENTIALS} while the service runs)"
        )
    return _from_file(Path(directory) / name, f"the systemd credential {shown(name)}")


def _from_file(path: Path, what: str) -> str:
    try:
        content = read_bytes(path, MAX_SECRET_BYTES).decode("utf-8")
    except UnicodeDecodeError:
        raise WrongError(f"{what} is not UTF-8 text") from None
    except ValueError as error:
        raise WrongError(f"{what} {error}") from None
    value = content.removesuffix("\n").removesuffix("\r")
    if not value:
        raise WrongError(f"{what} is empty")
    return _one_line(value, what)


def _one_line(value: str, what: str) -> str:
    if not value.isprintable():
        raise WrongError(f"{what} holds more than one line, or control characters")
    return value
