"""What is new in DNS, on BIND, NSD and Knot: TLS (`--adot`), CSYNC and DSYNC, keys of a new algorithm."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.interop import mldsa, servers
from tests.interop.checked import PROGRAMS, Files
from tests.interop.namespace import Namespace, hindrance
from tests.interop.servers import Setup, serve
from tests.network.securing import Certificate
from tests.render.validating import VALIDATOR

Documents = dict[str, dict[str, Any]]
ROOT, TLD, BIND, NSD = "198.41.0.4", "192.5.6.30", "192.0.2.1", "192.0.2.2"
_SOA = "@ SOA ns1 hostmaster 1 7200 900 1209600 300\n"
_ROOT = f"{_SOA}@ NS a.root.\na.root. A {ROOT}\ncom. NS a.tld.\na.tld. A {TLD}\n"
_TLD = f"{_SOA}@ NS a.tld.\nexample NS ns1.example\nexample NS ns2.example\n"
_TLD += "post NS ns1.post\npost NS ns2.post\n" + f"ns1.post A {BIND}\nns2.post A {NSD}\n"
_TLD += f"ns1.example A {BIND}\nns2.example A {NSD}\n"
_TLD += r"*._dsync TYPE66 \# 21 003e 01 14b4 066e6f74696679 0774657374696e67 00" + "\n"  # notify.testing
_ZONE = f"{_SOA}@ NS ns1\n@ NS ns2\n@ NS ns3\nns1 A {BIND}\nns2 A {NSD}\nns3 A {BIND}\n"
_ZONE += "www 300 A 192.0.2.44\n@ CSYNC 1 3 NS A\n"


_POST = f"@ SOA ns1 hostmaster 1 7200 900 1209600 300\n@ NS ns1\n@ NS ns2\nns1 A {BIND}\nns2 A {NSD}\n"
_POST += "www 300 A 192.0.2.45\n"


def _nsd(setup: Setup) -> list[str]:
    command = servers.COMMANDS["nsd"](setup)
    path, (address,) = Path(command[-1]), setup.addresses
    pair = setup.directory.parent / "certificate", setup.directory.parent / "key"
    tls = f'    ip-address: {address}@853\n    tls-port: 853\n    tls-service-pem: "{pair[0]}"\n'
    tls += f'    tls-service-key: "{pair[1]}"\nremote-control:\n'
    path.write_text(path.read_text().replace("remote-control:\n", tls))
    return command


def _named(setup: Setup) -> list[str]:
    command = servers.COMMANDS["named"](setup)
    path, (address,), there = Path(command[-1]), setup.addresses, setup.directory.parent
    tls = f'tls dot {{ cert-file "{there}/certificate"; key-file "{there}/key"; }};\n'
    listen = f"listen-on port 853 tls dot {{ {address}; }};\n    recursion no;"
    path.write_text(tls + path.read_text().replace("recursion no;", listen))
    return command


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Documents:
    """The documents of a check of www.example.com, and of a trace of www.post.com."""
    absent = [*servers.missing(), *(each for each in PROGRAMS[:2] if shutil.which(each) is None)]
    if why := hindrance() or ", ".join(absent):
        (pytest.fail if os.environ.get("CI") else pytest.skip)(why)
    place = tmp_path_factory.mktemp("new")
    Certificate(place, days=90)
    files = Files(place)
    try:
        post, post_ds = mldsa.sign("post.com.", f"$TTL 3600\n{_POST}")
    except ImportError:
        post, post_ds = _POST, ""
    files.write("post.com.", post)
    below = files.sign("example.com.", _ZONE) + "\n" + post_ds
    anchor, hints = place / "anchor", place / "hints"
    anchor.write_text(files.sign(".", _ROOT + files.sign("com.", f"{_TLD}{below}") + "\n") + "\n")
    hints.write_text(f". 86400 NS a.root.\na.root. 86400 A {ROOT}\n")
    served = tuple((zone, files.paths[zone]) for zone in ("example.com.", "post.com."))
    setups = [
        Setup("knotd", place / "root", (ROOT,), ((".", files.paths["."]),)),
        Setup("knotd", place / "tld", (TLD,), (("com.", files.paths["com."]),)),
        Setup("named", place / "bind", (BIND,), served, _named),
        Setup("nsd", place / "nsd", (NSD,), served, _nsd),
    ]
    with ExitStack() as stack:
        namespace = stack.enter_context(Namespace([ROOT, TLD, BIND, NSD]))
        serve(namespace, setups, stack)
        command = [str(Path(sys.executable).with_name("dnstrace")), "--root-hints", str(hints)]
        command += ["--trust-anchor", str(anchor), "--json"]
        words = {"example": ["--check", "--adot", "www.example.com"], "post": ["-a", "www.post.com"]}
        done = {
            name: subprocess.run(namespace.inside([*command, *more]), capture_output=True, text=True)
            for name, more in words.items()
        }
    return {name: json.loads(each.stdout) for name, each in done.items()}


def test_those_with_tls_answer_the_same_and_show_their_certificate(documents: Documents) -> None:
    found = documents["example"]
    VALIDATOR.validate(found)
    fared = {each["address"]: each["result"] for each in found["adot"]}
    assert fared == {ROOT: "refused", TLD: "refused", BIND: "same", NSD: "same"}
    for shown in (each["tls"] for each in found["adot"] if each["tls"]):
        assert shown["version"] == "TLSv1.3" and shown["trusted"] is False
        certificate = shown["certificate"]
        assert certificate["subject"] == "CN=dns.test" and certificate["names"] == ["dns.test", "127.0.0.1"]
        assert certificate["self_issued"] and not certificate["for_server"]
    assert not [each["code"] for each in found["findings"] if each["code"].startswith("tls-")]


def test_the_fix_names_where_the_parent_takes_notifications(documents: Documents) -> None:
    """The record is TYPE66 to Knot 3.2, and CSYNC is known to all."""
    found = documents["example"]
    assert found["security"] == "secure"
    (waits,) = (each for each in found["findings"] if each["code"] == "ns-differs")
    assert "asks its parent by CSYNC to publish its own list" in waits["message"]
    assert "send NOTIFY(CSYNC) for example.com to notify.testing, port 5300: com then looks" in waits["cure"]


def test_a_zone_of_a_new_algorithm_is_insecure_and_named(documents: Documents) -> None:
    """Keys and signatures are real, of 1312 and 2420 octets: no reply fits into a datagram."""
    pytest.importorskip("cryptography.hazmat.primitives.asymmetric.mldsa")
    found = documents["post"]
    assert [each["rdata"] for each in found["answer"] if each["type"] == "A"] == [["192.0.2.45"]]
    assert found["security"] == "insecure"
    assert "only with unsupported algorithms: MLDSA44 (algorithm 18)" in found["reason"]
    (keys,) = (step for step in found["steps"] if step["zone"] == "post.com." and step["purpose"] == "dnskey")
    assert {each["meaning"] for each in keys["attempts"]} == {"truncated", "answer"}
