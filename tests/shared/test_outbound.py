"""The one client for addresses that other people name: where it goes, where it never goes, and when it stops."""

import ipaddress
import ssl
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from stoa.shared.keyring import CannotOpen, Keyring
from stoa.shared.outbound import Outbound, Unreachable
from stoa.shared.targets import Refused, check_target, is_public
from tests.webhooks.receiver import Receiver, answer, receiving

NEVER = (
    "http://example.com/hook",
    "ftp://example.com/hook",
    "//example.com/hook",
    "example.com/hook",
    "https:///hook",
    "https://",
    "https://127.0.0.1/",
    "https://localhost/",
    "https://LOCALHOST/",
    "https://db.localhost/",
    "https://printer.local/",
    "https://vault.internal/",
    "https://intranet/",
    "https://10.0.0.5/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data",
    "https://0.0.0.0/",
    "https://255.255.255.255/",
    "https://224.0.0.1/",
    "https://240.0.0.1/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::ffff:8.8.8.8]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b::10.0.0.5]/",
    "https://[64:ff9b:1::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[2001::1]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[2606:4700::1%25eth0]/",
    "https://[fc00::1]/",
    "https://[ff02::1]/",
    "https://0x7f.1/",
    "https://0x7f000001/",
    "https://2130706433/",
    "https://127.1/",
    "https://0177.0.0.1/",
    "https://8.8.8.010/",
    "https://1.2.3.4.5/",
    "https://127.0.0.1./",
    "https://user@example.com/",
    "https://user:secret@example.com/",
    "https://example.com@127.0.0.1/",
    "https://:@example.com/",
    "https://example.com:0/",
    "https://example.com:22/",
    "https://example.com:25/",
    "https://example.com:65536/",
    "https://example.com:-1/",
    "https://example.com:+443/",
    "https://example.com:0443/",
    "https://example.com:abc/",
    "https://example.com:/",
    "https://example.com:\u0664\u0664\u0663/",
    "https://example.com/ hook",
    "https://example.com/\r\nhost: inside",
    "https://example.com\\@127.0.0.1/",
    "https://example.com/#part",
    "https://ex\u00e4mple.com/",
    "https://\u2460.0.0.1/",
    "https://exa_mple.com/",
    "https://-example.com/",
    "https://example..com/",
    "https://example.com./",
    "https://" + "a" * 64 + ".com/",
    "https://example.com/" + "x" * 2000,
    "",
)
GOOD = (
    "https://example.com",
    "https://example.com/hook?token=1&x=%20",
    "https://hooks.example.com:8443/a/b",
    "https://xn--exmple-cua.com/",
    "https://8.8.8.8/",
    "https://[2606:4700::1111]/",
)


def answering(*addresses: str) -> tuple[list[str], "Outbound"]:
    """A client whose resolver gives these, once; after that, it gives the machine itself."""
    asked: list[str] = []

    async def resolve(host: str, _: int) -> Sequence[str]:
        asked.append(host)
        return addresses if len(asked) == 1 else ["127.0.0.1"]

    return asked, Outbound(resolve=resolve, seconds=5)


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """For a server of that name, and for a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(who, who, key.public_key(), x509.random_serial_number(), now, now + timedelta(1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    signed = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "server.pem"
    path.write_bytes(signed + private)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(cadata=signed.decode())


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made


def inside(**options: float) -> Outbound:
    return Outbound(allow_private=True, **{"seconds": 5, **options})  # type: ignore[arg-type] # numbers of the tests


class TestTargets:
    @pytest.mark.parametrize("url", NEVER)
    async def test_is_refused_by_its_form_and_never_connected_to(self, url: str) -> None:
        with pytest.raises(Refused):
            check_target(url)
        asked, client = answering("8.8.8.8")
        with pytest.raises(Refused):
            await client.post(url, {}, b"")
        assert asked == []

    @pytest.mark.parametrize("url", GOOD)
    def test_lets_public_addresses_be(self, url: str) -> None:
        assert check_target(url).scheme == "https"

    def test_keeps_odd_notations_out_in_development_too(self) -> None:
        for url in ("http://0x7f.1/", "http://2130706433/", "http://user@localhost/", "http://[::ffff:127.0.0.1]/"):
            with pytest.raises(Refused):
                check_target(url, allow_private=True)
        assert check_target("http://localhost:80/x", allow_private=True).authority == "localhost"

    def test_of_an_address_that_carries_another_counts_the_one_inside(self) -> None:
        assert is_public(ipaddress.ip_address("64:ff9b::8.8.8.8"))
        assert not is_public(ipaddress.ip_address("64:ff9b::192.168.0.1"))
        assert not is_public(ipaddress.ip_address("::ffff:10.0.0.1"))


class TestNames:
    @pytest.mark.parametrize(
        "addresses",
        [["127.0.0.1"], ["10.1.2.3"], ["::1"], ["::ffff:127.0.0.1"], ["8.8.8.8", "192.168.0.1"], ["fe80::1%lo"]],
    )
    async def test_a_name_with_an_address_inside_is_refused(self, addresses: list[str]) -> None:
        asked, client = answering(*addresses)
        with pytest.raises(Refused, match="not a public address"):
            await client.post("https://rebinding.example/", {}, b"")
        assert asked == ["rebinding.example"]

    async def test_real_resolver_knows_no_such_name(self) -> None:
        with pytest.raises(Unreachable, match="cannot be resolved") as fault:
            await Outbound(seconds=9).post("https://nobody.invalid/", {}, b"")
        assert not fault.value.is_uncertain

    async def test_connects_to_what_was_checked_whatever_the_name_says_later(self, receiver: Receiver) -> None:
        asked: list[str] = []

        async def resolve(host: str, _: int) -> Sequence[str]:
            asked.append(host)
            return ["127.0.0.1"] if len(asked) == 1 else ["192.0.2.1"]

        client = Outbound(allow_private=True, resolve=resolve, seconds=5)
        said = await client.post(f"http://hooks.example:{receiver.port}/a?b=c", {"x-mine": "1"}, b"{}")
        assert (said.status, said.body_head) == (200, b"ok")
        assert asked == ["hooks.example"]
        assert receiver.got[0].line == "POST /a?b=c HTTP/1.1"
        assert receiver.got[0].headers["host"] == f"hooks.example:{receiver.port}"
        assert receiver.got[0].headers["x-mine"] == "1"

    async def test_goes_on_to_the_next_address_where_nobody_listens(self, receiver: Receiver) -> None:
        async def resolve(*_: object) -> Sequence[str]:
            return ["127.0.0.2", "127.0.0.1"]

        client = Outbound(allow_private=True, resolve=resolve, seconds=5)
        assert (await client.post(f"http://hooks.example:{receiver.port}/", {}, b"")).status == 200

    async def test_certificate_is_checked_against_the_name(self, tmp_path: Path) -> None:
        async def resolve(*_: object) -> Sequence[str]:
            return ["127.0.0.1"]

        server, trusting = certificate(tmp_path, "hooks.example")
        async with receiving(server) as receiver:
            client = Outbound(allow_private=True, resolve=resolve, trusted=trusting, seconds=5)
            assert (await client.post(f"https://hooks.example:{receiver.port}/", {}, b"")).status == 200
            for url, one in ((f"https://other.example:{receiver.port}/", client), (receiver.url, None)):
                wary = one or Outbound(allow_private=True, resolve=resolve, seconds=5)
                with pytest.raises(Unreachable, match="certificate") as fault:
                    await wary.post(url.replace("http:", "https:"), {}, b"")
                assert not fault.value.is_uncertain
            assert len(receiver.got) == 1


class TestAnswers:
    async def test_redirect_is_not_followed(self, receiver: Receiver) -> None:
        async with receiving() as secret:
            receiver.answers = [answer(307, f"location: {secret.url}")]
            said = await inside().post(receiver.url, {}, b"{}")
            assert said.status == 307
            assert secret.got == []

    async def test_proxies_of_the_environment_are_not_used(
        self, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with receiving() as proxy:
            for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
                monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
            assert (await inside().post(receiver.url, {}, b"")).status == 200
            assert proxy.got == []

    async def test_of_an_endless_answer_the_beginning_is_read(self, receiver: Receiver) -> None:
        receiver.endless = True
        receiver.answers = [b"HTTP/1.1 200 OK\r\n\r\n"]
        said = await inside(most_bytes=100_000).post(receiver.url, {}, b"")
        assert (said.status, len(said.body_head)) == (200, 100_000)

    async def test_packed_answer_is_not_unpacked(self, receiver: Receiver) -> None:
        receiver.answers = [answer(200, "content-encoding: gzip", body=b"\x1f\x8b not even gzip")]
        said = await inside().post(receiver.url, {}, b"")
        assert said.body_head.startswith(b"\x1f\x8b")
        assert receiver.got[0].headers["accept-encoding"] == "identity"

    async def test_silence_ends_with_the_time_limit_and_leaves_it_open(self, receiver: Receiver) -> None:
        receiver.silent = True
        with pytest.raises(Unreachable, match="No answer within") as fault:
            await inside(seconds=0.3).post(receiver.url, {}, b"")
        assert fault.value.is_uncertain
        assert len(receiver.got) == 1

    @pytest.mark.parametrize("holds", [True, False])
    async def test_body_that_does_not_end_leaves_the_status(self, receiver: Receiver, holds: bool) -> None:
        receiver.holds = holds
        receiver.answers = [b"HTTP/1.1 201 Created\r\ncontent-length: 10\r\n\r\nhalf"]
        said = await inside(seconds=1).post(receiver.url, {}, b"")
        assert (said.status, said.body_head) == (201, b"half")

    @pytest.mark.parametrize("said", [b"", b"SSH-2.0-OpenSSH\r\n\r\n", b"HTTP/1.1 200 OK\r\nx: " + b"y" * 200_000])
    async def test_what_is_no_http_is_no_answer(self, receiver: Receiver, said: bytes) -> None:
        receiver.answers = [said]
        with pytest.raises(Unreachable) as fault:
            await inside().post(receiver.url, {}, b"")
        assert fault.value.is_uncertain

    async def test_closed_port_got_nothing_for_certain(self) -> None:
        async with receiving() as gone:
            pass
        with pytest.raises(Unreachable, match="refused") as fault:
            await inside().post(gone.url, {}, b"")
        assert not fault.value.is_uncertain


class TestSealing:
    OLD, NEW = "o" * 40, "n" * 40

    def test_opens_what_it_sealed_also_after_the_keys_changed(self) -> None:
        sealed = Keyring([self.OLD]).seal("webhook-secret", b"secret")
        assert b"secret" not in sealed
        assert Keyring([self.NEW, self.OLD]).open("webhook-secret", sealed) == b"secret"
        assert Keyring([self.OLD]).seal("webhook-secret", b"secret") != sealed

    def test_opens_nothing_else(self) -> None:
        keyring = Keyring([self.OLD])
        sealed = keyring.seal("webhook-secret", b"secret")
        for wrong, broken in (
            (Keyring([self.NEW]), sealed), (keyring, sealed[:-1] + bytes([sealed[-1] ^ 1])), (keyring, sealed[:20]),
            (keyring, b""), (keyring, sealed[:12] + b"\xff" + sealed[13:]),
        ):  # fmt: skip
            with pytest.raises(CannotOpen):
                wrong.open("webhook-secret", broken)
        with pytest.raises(CannotOpen):
            keyring.open("push-key", sealed)
