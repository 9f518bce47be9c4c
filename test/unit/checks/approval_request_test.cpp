#include "checks/approval_request.h"
#include "checks/digest.h"
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

using namespace ysnp::checks;
using nlohmann::json;
using std::chrono::seconds;

namespace {

ApprovalRequest sample()
{
    ApprovalRequest request;
    request.document = R"({"job":{"name":"deploy"}})";
    request.digest = digest_of_document(request.document);
    request.nonce = "AAECAwQFBgcICQoLDA0ODw";
    request.project = "acme/shop/web";
    request.job = "deploy";
    request.ref = "refs/heads/main";
    request.sha = "2f61c0d5a8e4b7f3916c0d5a8e4b7f3916c0d5a8";
    request.job_id = 812;
    request.requested_by = "alice";
    request.created = Now(seconds(1769900000));
    request.expires = Now(seconds(1769901800));
    request.quorum = 2;
    request.groups = {"ops", "security"};
    request.gitlab = "https://gitlab.example.com";
    request.runner = "hardened-1";
    request.denied = 2;
    request.unanswered = 7;
    return request;
}

/// What read_request says about the sample with one member changed.
std::string with(const char* name, json value)
{
    json object = json::parse(write_request(sample()));
    object[name] = std::move(value);
    ApprovalRequest read;
    return read_request(object.dump(), read);
}

} // namespace

TEST_CASE("a request that was written is read back as it was")
{
    ApprovalRequest read;
    read.id = "812-abc";
    REQUIRE(read_request(write_request(sample()), read).empty());
    CHECK(read.id == "812-abc");
    CHECK(write_request(read) == write_request(sample()));
    CHECK(read.groups == sample().groups);
    CHECK(read.created == sample().created);
    CHECK(read.expires == sample().expires);
    CHECK_FALSE(read.verified);
    CHECK(read.denied == 2);
    CHECK(read.unanswered == 7);
}

TEST_CASE("a request with a member missing, unknown, mistyped or out of bounds is none")
{
    const json whole = json::parse(write_request(sample()));
    for (const auto& [name, value] : whole.items()) {
        CAPTURE(name);
        json without = whole;
        without.erase(name);
        ApprovalRequest read;
        CHECK_FALSE(read_request(without.dump(), read).empty());
        for (const json& other : {json(nullptr), json::array({1}), json::object(), json(1.5), json(-1)})
            CHECK_FALSE(with(name.c_str(), other).empty());
    }
    CHECK(with("extra", "x") == "it has an unknown member");
    CHECK(with("version", 2) == "version is too large");
    CHECK(with("quorum", 0) == "quorum is out of bounds");
    CHECK(with("job_id", 18446744073709551615u) == "job_id is too large");
    CHECK(with("expires", 1769899999) == "it expires before it was made");
    CHECK(with("project", std::string(5000, 'a')) == "project is too long");
    CHECK(with("groups", json::array({"ops", 7})) == "groups holds what is no text");
    for (const char* nonce : {"", "short", "AAECAwQFBgcICQoLDA0ODw==", "AAECAwQFBgcICQoLDA0OD/"})
        CHECK(with("nonce", nonce) == "nonce is not 22 characters of base64url");
    for (const char* text : {"", "[]", "null", "{", R"({"version":1,"version":1})"}) {
        ApprovalRequest read;
        CHECK_FALSE(read_request(text, read).empty());
    }
}

TEST_CASE("a request whose digest is not that of its document is none [AC-A17]")
{
    CHECK(with("document", R"({"job":{"name":"deploy2"}})") == "digest is not that of document");
    CHECK(with("digest", "ysnp2:" + std::string(43, 'A')) == "digest is not that of document");
}

TEST_CASE("a request's id tells job and digest")
{
    CHECK(request_id(812, "ysnp2:0123456789abcdef") == "812-0123456789ab");
    CHECK(request_suffix("ysnp2:0123456789abcdef") == "0123456789ab");
    CHECK(job_of_request("812-0123456789ab") == 812);
    CHECK(job_of_request("812--_2345678-ab") == 812);
    for (const char* id :
         {"", "812", "812-", "812-0123456789a", "812-0123456789abc", "-812-0123456789ab", "0812-0123456789ab",
          "x-0123456789ab", "99999999999999999999-0123456789ab", "0-0123456789ab"})
        CHECK(job_of_request(id) == 0);
}
