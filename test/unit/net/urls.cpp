#include "net/failure.h"
#include "net/host_name.h"
#include "net/url.h"
#include <catch2/catch_test_macros.hpp>

using namespace ysnp;
using net::parse_url;

namespace {

bool refused(std::string_view text)
{
    try {
        parse_url(text);
    } catch (const std::system_error& e) {
        return e.code() == Failure::invalid;
    }
    return false;
}

} // namespace

TEST_CASE("a URL falls into its parts")
{
    const net::Url url = parse_url("HTTPS://us%40er:p%3Aw@GitLab.Example.test:8443/a%20b/c?x=1&y");
    CHECK(url.origin == net::Origin{"https", "gitlab.example.test", 8443});
    CHECK(url.origin.secure());
    CHECK(url.user == "us@er");
    CHECK(url.password == "p:w");
    CHECK(url.path == "/a%20b/c");
    CHECK(url.query == "x=1&y");
    CHECK(url.target() == "/a%20b/c?x=1&y");
    CHECK(url.to_string() == "https://gitlab.example.test:8443/a%20b/c?x=1&y");
    CHECK(parse_url("http://h").path == "/");
    CHECK(parse_url("http://h").origin.port == 80);
    CHECK(parse_url("http://h?x").target() == "/?x");
    CHECK(parse_url("http://h:80/").origin.host_header() == "h");
    CHECK(parse_url("https://h:80/").origin.host_header() == "h:80");
    CHECK(parse_url("http://[2001:DB8::1]:81/").origin.host == "2001:db8::1");
    CHECK(parse_url("http://[2001:DB8::1]:81/").origin.host_header() == "[2001:db8::1]:81");
    CHECK(parse_url("https://xn--bcher-kva.example").origin.host == "xn--bcher-kva.example");
}

TEST_CASE("a unix URL is a socket's path")
{
    const net::Url url = parse_url("unix:///run/docker%20x.sock");
    CHECK(url.origin.scheme == "unix");
    CHECK(url.origin.host == "/run/docker x.sock");
    CHECK(url.origin.to_string() == "unix:///run/docker x.sock");
    CHECK(refused("unix://relative"));
    CHECK(refused("unix://"));
}

TEST_CASE("every unusual spelling is refused [AC-G04] [NET-16]")
{
    for (const char* text : {"",
                             "gitlab.example.test",
                             "ftp://h/",
                             "file:///etc/passwd",
                             "gopher://h",
                             "ssh://git@h",
                             "http:/h",
                             "http://",
                             "http:///path",
                             "http://h:0/",
                             "http://h:65536/",
                             "http://h:/",
                             "http://h:8a/",
                             "http://h:-1/",
                             "http://2130706433/",
                             "http://0x7f000001/",
                             "http://0x7f.1/",
                             "http://0177.0.0.1/",
                             "http://127.1/",
                             "http://127.0.0.01/",
                             "http://1.2.3.4.5/",
                             "http://999.1.1.1/",
                             "http://[::ffff:127.0.0.1]/",
                             "http://[::127.0.0.1]/",
                             "http://[fe80::1%25eth0]/",
                             "http://[::1/",
                             "http://::1/",
                             "http://h./",
                             "http://.h/",
                             "http://a..b/",
                             "http://h%2e/",
                             "http://a@b@h/",
                             "http://h\\@evil/",
                             "http://h/\\",
                             "http://h/a b",
                             "http://h/\ta",
                             "http://h\t/",
                             "http://h/\r\nX:y",
                             "http://h/%zz",
                             "http://h/%4",
                             "http://h/#frag",
                             "http://b\xc3\xbc"
                             "cher.test/",
                             "http://h/\xc3\xbc",
                             " http://h/",
                             "http://h/ "}) {
        INFO(text);
        CHECK(refused(text));
    }
    CHECK(refused(std::string("http://h/\0x", 11)));
    CHECK(refused("http://" + std::string(64, 'a') + ".test/"));
}

TEST_CASE("the message of a bad URL never holds its user part")
{
    try {
        parse_url("https://user:planted-secret@bad host/");
        FAIL("accepted");
    } catch (const std::system_error& e) {
        CHECK(std::string(e.what()).find("planted") == std::string::npos);
    }
}

TEST_CASE("a reference is resolved against the URL it answers (RFC 3986 5.4)")
{
    const net::Url base = parse_url("http://a/b/c/d?q");
    const auto at = [&](const char* reference) { return net::resolve(base, reference).to_string(); };
    CHECK(at("g") == "http://a/b/c/g");
    CHECK(at("./g") == "http://a/b/c/g");
    CHECK(at("g/") == "http://a/b/c/g/");
    CHECK(at("/g") == "http://a/g");
    CHECK(at("//g") == "http://g/");
    CHECK(at("?y") == "http://a/b/c/d?y");
    CHECK(at("g?y") == "http://a/b/c/g?y");
    CHECK(at("") == "http://a/b/c/d?q");
    CHECK(at(".") == "http://a/b/c/");
    CHECK(at("..") == "http://a/b/");
    CHECK(at("../g") == "http://a/b/g");
    CHECK(at("../../g") == "http://a/g");
    CHECK(at("../../../g") == "http://a/g");
    CHECK(at("/./g") == "http://a/g");
    CHECK(at("g#s") == "http://a/b/c/g");
    CHECK(at("https://h:8443/x") == "https://h:8443/x");
}

TEST_CASE("percent encoding goes both ways")
{
    CHECK(net::percent_encode("a b/ü~.-_") == "a%20b%2F%C3%BC~.-_");
    CHECK(net::percent_decode("a%20b%2f%C3%bc~") == "a b/ü~");
    CHECK(net::percent_decode("100%") == "100%");
    CHECK(net::percent_decode("%4") == "%4");
    std::string all;
    for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
    CHECK(net::percent_decode(net::percent_encode(all)) == all);
}

TEST_CASE("origins compare by scheme, host and port")
{
    CHECK(parse_url("https://H/").origin == parse_url("https://h:443/x").origin);
    CHECK_FALSE(parse_url("https://h/").origin == parse_url("http://h/").origin);
    CHECK_FALSE(parse_url("https://h/").origin == parse_url("https://h:444/").origin);
    CHECK_FALSE(parse_url("https://h/").origin == parse_url("https://h.test/").origin);
}
