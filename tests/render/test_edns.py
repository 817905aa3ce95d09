import dns.edns
import dns.message

from dnstrace.render.edns import EdnsOptions, ExtendedError, edns_options


def with_options(*options: dns.edns.Option) -> dns.message.Message:
    message = dns.message.make_query("example.com.", "A")
    message.use_edns(0, 0, 1232, options=list(options))
    return message


def extended_error(code: int, text: str | None = None) -> dns.edns.EDEOption:
    return dns.edns.EDEOption(dns.edns.EDECode.make(code), text)


def test_nothing_where_there_are_no_options() -> None:
    assert edns_options(with_options()) == EdnsOptions()
    assert edns_options(dns.message.make_query("example.com.", "A", use_edns=False)) == EdnsOptions()


def test_every_option_decoded() -> None:
    options = edns_options(
        with_options(
            dns.edns.NSIDOption(b"fra1\xff"),
            dns.edns.CookieOption(b"12345678", b"abcdefgh"),
            dns.edns.ECSOption("2001:db8::", 56, 48),
            extended_error(22, "no server"),
            extended_error(3),
        )
    )
    assert (options.nsid, options.nsid_text) == (b"fra1\xff", "fra1\\255")
    assert options.cookie == b"12345678abcdefgh"
    assert options.subnet == "2001:db8::/56/48"
    assert options.errors == (
        ExtendedError(22, "No Reachable Authority", "no server"),
        ExtendedError(3, "Stale Answer", None),
    )
    assert list(map(str, options.errors)) == [
        "EDE 22 No Reachable Authority: no server",
        "EDE 3 Stale Answer",
    ]


def test_names_are_written_as_in_the_registry() -> None:
    codes = (9, 10, 12, 19)
    options = edns_options(with_options(*map(extended_error, codes)))
    names = [error.name for error in options.errors]
    assert names == ["DNSKEY Missing", "RRSIGs Missing", "NSEC Missing", "Stale NXDOMAIN Answer"]


def test_an_unregistered_error_has_no_name_and_its_text_is_harmless() -> None:
    (error,) = edns_options(with_options(extended_error(49152, "\x1b[2J\u202e\\"))).errors
    assert error == ExtendedError(49152, None, "\\027[2J\\u{202e}\\\\")


def test_people_are_shown_the_beginning_of_what_is_long_and_all_of_it_is_in_the_values() -> None:
    options = edns_options(with_options(*(extended_error(22, "\x1b" + "x" * 999) for _ in range(30))))
    assert all(error.text == "\\027" + "x" * 999 for error in options.errors) and len(options.errors) == 30
    *first, more = options.error_texts
    assert len(first) == 4 and more == "and 26 more EDEs"
    assert all(text.endswith("x... (1003 characters)") and len(text) < 400 for text in first)
