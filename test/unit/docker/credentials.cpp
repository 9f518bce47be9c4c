#include "docker/credentials.h"
#include "docker/base64.h"
#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

using namespace ysnp;
using namespace ysnp::docker;

namespace {

nlohmann::json decoded(const RegistryAuth& auth)
{
    if (auth.header.empty()) return nullptr;
    return nlohmann::json::parse(base64_decode(auth.header.reveal()).value());
}

std::string user_for(const Credentials& credentials, const char* image)
{
    const auto document = decoded(credentials.for_image(parse_reference(image)));
    return document.is_null() ? "" : document.value("username", "");
}

std::string entry(const char* user, const char* password = "pw")
{
    return "{\"auth\":\"" + base64_url(std::string(user) + ":" + password) + "\"}";
}

} // namespace

TEST_CASE("the first source that knows the image wins: variable, file, job [DK072]")
{
    Credentials credentials;
    credentials.add_document(R"({"auths":{"a.example.com":)" + entry("variable") + "}}", "$DOCKER_AUTH_CONFIG");
    credentials.add_document(R"({"auths":{"a.example.com/ns":)" + entry("file") + R"(,"b.example.com":)" +
                                 entry("file") + "}}",
                             "/root/.docker/config.json");
    for (const char* host : {"a.example.com", "b.example.com", "c.example.com"})
        credentials.add_login(host, "job", Secret("x"), "job payload (GitLab Registry)");
    CHECK(user_for(credentials, "a.example.com/ns/x") == "variable");
    CHECK(user_for(credentials, "b.example.com/x") == "file");
    CHECK(user_for(credentials, "c.example.com/x") == "job");
    CHECK(credentials.for_image(parse_reference("c.example.com/x")).source == "job payload (GitLab Registry)");
    CHECK(credentials.for_image(parse_reference("d.example.com/x")).header.empty());
}

TEST_CASE("within a source the longest path counts, whole components only [DK073]")
{
    Credentials credentials;
    credentials.add_document(R"({"auths":{"reg":)" + entry("nobody") + R"(,"reg.io":)" + entry("host") +
                                 R"(,"reg.io/ns/":)" + entry("ns") + R"(,"reg.io/ns/app":)" + entry("app") + "}}",
                             "file");
    CHECK(user_for(credentials, "reg.io/ns/app:1") == "app");
    CHECK(user_for(credentials, "reg.io/ns/app/sub") == "app");
    CHECK(user_for(credentials, "reg.io/ns/application") == "ns");
    CHECK(user_for(credentials, "reg.io/nsx/app") == "host");
}

TEST_CASE("all names of the public registry are one [DK074]")
{
    CHECK(registry_key("https://index.docker.io/v1/") == "docker.io");
    CHECK(registry_key("index.docker.io") == "docker.io");
    CHECK(registry_key("index.docker.io/v1/") == "docker.io");
    CHECK(registry_key("docker.io/Group") == "docker.io/Group");
    CHECK(registry_key("HTTPS://Reg.example.com:5000/v2/") == "reg.example.com:5000");
    CHECK(registry_key("reg.io/ns/app:tag") == "reg.io/ns/app");
    Credentials credentials;
    credentials.add_document(R"({"auths":{"https://index.docker.io/v1/":)" + entry("hub") + "}}", "file");
    CHECK(user_for(credentials, "alpine") == "hub");
}

TEST_CASE("credentials never go to a host that only begins alike, or another port [DK075] [DK076] [AC-M28]")
{
    Credentials credentials;
    credentials.add_login("reg.example.com", "u", Secret("x"), "job");
    credentials.add_login("ported.example.com:5000", "p", Secret("x"), "job");
    CHECK(user_for(credentials, "reg.example.com.evil/x").empty());
    CHECK(user_for(credentials, "reg.example.com:5001/x").empty());
    CHECK(user_for(credentials, "evil.reg.example.com/x").empty());
    CHECK(user_for(credentials, "ported.example.com/x").empty());
    CHECK(user_for(credentials, "ported.example.com:5001/x").empty());
    CHECK(user_for(credentials, "ported.example.com:5000/x") == "p");
}

TEST_CASE("helpers and client settings of a document are not used, only said so [DK077] [DK078] [AC-M27] "
          "[GATE-W22]")
{
    Credentials credentials;
    const auto notices = credentials.add_document(
        R"({"credsStore":"canary","credHelpers":{"reg.io":"../../bin/sh"},"HttpHeaders":{"X":"secret-value"},"proxies":{},"auths":{}})",
        "$DOCKER_AUTH_CONFIG");
    CHECK(notices.size() == 4);
    for (const auto& notice : notices) {
        CHECK(notice.find("is not used") != std::string::npos);
        CHECK(notice.find("secret-value") == std::string::npos);
        CHECK(notice.find("../../bin/sh") == std::string::npos);
    }
    CHECK(credentials.for_image(parse_reference("reg.io/x")).header.empty());
}

TEST_CASE("a broken document is a notice that holds nothing of it [DK081] [DK085]")
{
    Credentials credentials;
    for (const char* text : {"{\"auths\":{\"r\":{\"auth\":\"c2VjcmV0", "[\"s3cr3t-word\"]", "s3cr3t-word"}) {
        const auto notices = credentials.add_document(text, "$DOCKER_AUTH_CONFIG");
        REQUIRE(notices.size() == 1);
        CHECK(notices.front() == "$DOCKER_AUTH_CONFIG: not a JSON object, not used");
    }
    const auto notices = credentials.add_document(R"({"auths":{"r.io":{"auth":"s3cr3t!"},"q.io":7}})", "v");
    REQUIRE(notices.size() == 2);
    CHECK(notices.front().find("s3cr3t") == std::string::npos);
}

TEST_CASE("the header is padded URL-safe base64 whatever the password holds [DK082]")
{
    Credentials credentials;
    credentials.add_login("reg.io", "u", Secret("?>~?>~\xc3\xbf"), "job");
    const RegistryAuth auth = credentials.for_image(parse_reference("reg.io/x"));
    const std::string_view header = auth.header.reveal();
    CHECK(header.size() % 4 == 0);
    CHECK(header.find_first_of("+/") == std::string_view::npos);
    CHECK(decoded(auth)["password"] == "?>~?>~\xc3\xbf");
    CHECK(decoded(auth)["serveraddress"] == "reg.io");
}

TEST_CASE("user and password are split at the first colon [DK083]")
{
    Credentials credentials;
    credentials.add_document(R"({"auths":{"reg.io":)" + entry("user", "pa:ss") + "}}", "file");
    const auto document = decoded(credentials.for_image(parse_reference("reg.io/x")));
    CHECK(document["username"] == "user");
    CHECK(document["password"] == "pa:ss");
}

TEST_CASE("an identity token goes as such, without a password [DK084]")
{
    Credentials credentials;
    credentials.add_document(
        R"({"auths":{"reg.io":{"identitytoken":"tok","auth":")" + base64_url("u:ignored") + "\"}}}", "f");
    const auto document = decoded(credentials.for_image(parse_reference("reg.io/x")));
    CHECK(document["identitytoken"] == "tok");
    CHECK(!document.contains("password"));
}

TEST_CASE("base64 reads both alphabets and refuses the rest")
{
    for (const char* text : {"", "a", "ab", "abc", "abcd", "\xff\xfe\xfd"})
        CHECK(base64_decode(base64_url(text)) == std::string(text));
    CHECK(base64_decode("-_8") == base64_decode("+/8="));
    CHECK(!base64_decode("a"));
    CHECK(!base64_decode("ab cd"));
    CHECK(base64_url("a") == "YQ==");
}

static_assert(!fmt::is_formattable<RegistryAuth>::value);
