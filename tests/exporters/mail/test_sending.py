"""Mails handed to real servers: taken, refused for now or for ever, or nobody knows."""

import socket
import ssl
import time
from dataclasses import replace
from pathlib import Path

import pytest

from exporters.mail import MailError, Server, UnsureError, deliver
from netmon.clock import DAY, SystemClock
from netmon.settings import Secret
from netmon.simulation.certificates import Authority
from tests.exporters.mail.servers import PASSWORD, USER, Box, free_port, mail_server, misbehaving

MESSAGE = b"From: a@netmon.example\r\nTo: b@begles.example\r\nSubject: x\r\n\r\n.un point\r\n..deux\r\nfin\r\n"


def send(server: Server, address: str = "b@begles.example", handed: list[str] | None = None) -> str:
    return deliver(
        server,
        "Netmon <a@netmon.example>",
        address,
        MESSAGE,
        lambda: None if handed is None else handed.append(address),
    )


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, str]:
    folder: Path = tmp_path_factory.mktemp("authority")
    now = SystemClock().now()
    own = Authority(folder, now)
    own.write(folder / "ca.pem")
    return own.context("localhost", now + DAY), str(folder / "ca.pem")


def test_a_message_arrives_as_it_is_dots_and_all():
    box, handed = Box(), []
    with mail_server(box) as server:
        assert send(server, handed=handed) == "250 2.0.0 taken"
    assert box.raw == [MESSAGE]
    assert (handed, box.tls, box.users) == (["b@begles.example"], [False], [None])


@pytest.mark.parametrize("mode", ["starttls", "tls"])
def test_with_tls_the_server_is_verified_and_user_and_password_are_said(authority, mode):
    context, ca_file = authority
    box = Box()
    with mail_server(box, context, mode=mode, ca_file=ca_file) as server:
        send(server)
        assert (box.tls, box.users) == ([True], [USER])
        for wrong, message in (
            (replace(server, ca_file=""), "CERTIFICATE_VERIFY_FAILED"),
            (replace(server, host="127.0.0.1"), "CERTIFICATE_VERIFY_FAILED"),  # the certificate names no address
            (replace(server, password=Secret("falsch " + PASSWORD)), "does not accept our user and password"),
        ):
            with pytest.raises(MailError, match=message) as found:
                send(wrong)
            assert found.value.server
            assert not found.value.permanent
            assert PASSWORD not in str(found.value)
    assert len(box.got) == 1


def test_starttls_is_never_done_without(authority):
    box = Box()
    with mail_server(box) as server, pytest.raises(MailError, match="STARTTLS") as found:
        send(replace(server, tls="starttls", user=Secret(USER), password=Secret(PASSWORD)))
    assert found.value.server
    assert box.got == []


@pytest.mark.parametrize(
    ("answer", "permanent", "server"),
    [
        ("450 4.2.1 boîte pleine", False, False),
        ("550 5.1.1 no such user\x1b[31m", True, False),
        ("421 4.3.2 going down", False, True),
    ],
)
def test_what_is_refused_is_told_as_the_server_said_it(answer, permanent, server):
    box = Box()
    box.refuse["b@begles.example"] = answer
    handed: list[str] = []
    with mail_server(box) as where, pytest.raises(MailError) as found:
        send(where, handed=handed)
    assert (found.value.permanent, found.value.server) == (permanent, server)
    assert found.value.said.startswith(answer[:10])
    assert found.value.said.isprintable()
    assert (handed, box.got) == ([], [])


def test_a_message_refused_after_it_was_seen_was_not_mailed():
    box = Box()
    box.at_data = lambda: "554 5.7.1 looks like spam"
    with mail_server(box) as server, pytest.raises(MailError) as found:
        send(server)
    assert found.value.permanent


def silent(connection: socket.socket) -> None:
    connection.recv(1)
    time.sleep(3)


def garbage(connection: socket.socket) -> None:
    connection.sendall(b"\x00\xff" * 40_000)
    time.sleep(3)


def refusing(connection: socket.socket) -> None:
    connection.sendall(b"554 no service\r\n")


def dripping(connection: socket.socket) -> None:
    for _ in range(1000):
        connection.sendall(b"220-wait\r\n")
        time.sleep(0.05)


@pytest.mark.parametrize("serve", [silent, garbage, refusing, dripping])
def test_a_server_that_talks_no_sense_or_not_at_all_is_left_in_time(serve):
    with misbehaving(serve) as server, pytest.raises(MailError) as found:
        send(server)
    assert found.value.server
    assert not found.value.permanent


def test_a_server_that_is_not_there_is_said_in_one_line():
    with pytest.raises(MailError, match="no connection: Connection refused"):
        send(Server("127.0.0.1", free_port(), "none", "", None, None, 5.0))


def taking(after_dot: bytes | None):
    def serve(connection: socket.socket) -> None:
        file = connection.makefile("rwb", buffering=0)
        connection.sendall(b"220 here\r\n")
        for answer in (b"250 hello\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n"):
            file.readline()
            connection.sendall(answer)
        while file.readline() not in {b".\r\n", b""}:
            pass
        if after_dot is None:
            time.sleep(3)
        connection.sendall(after_dot or b"")

    return serve


@pytest.mark.parametrize("after_dot", [None, b""])
def test_no_answer_after_the_message_means_that_nobody_knows(after_dot):
    handed: list[str] = []
    with misbehaving(taking(after_dot)) as server, pytest.raises(UnsureError):
        send(server, handed=handed)
    assert handed == ["b@begles.example"]


def test_a_server_that_leaves_in_the_middle_has_taken_nothing():
    def serve(connection: socket.socket) -> None:
        file = connection.makefile("rwb", buffering=0)
        connection.sendall(b"220 here\r\n")
        for answer in (b"250 hello\r\n", b"250 ok\r\n", b"250 ok\r\n"):
            file.readline()
            connection.sendall(answer)

    handed: list[str] = []
    with misbehaving(serve) as server, pytest.raises(MailError):
        send(server, handed=handed)
    assert handed == []
