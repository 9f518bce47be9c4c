#include "claims_sample.h"
#include <catch2/catch_test_macros.hpp>
#include <functional>

using namespace ysnp::checks;
using nlohmann::json;

namespace {

std::string wrong(const std::string& token)
{
    Claims claims;
    return read_claims(token, claims);
}

std::string wrong(const json& claims) { return wrong(sample::token_of(claims.dump())); }

struct Forgery {
    const char* what;
    std::function<void(json&)> apply;
};

Forgery sets(const char* claim, json value)
{
    return {claim, [claim, value = std::move(value)](json& claims) { claims[claim] = value; }};
}

/// What must be there, in the one type that GitLab sends.
const std::vector<Forgery> malformed{
    sets("job_id", 90002),
    sets("job_id", "090002"),
    sets("job_id", "+90002"),
    sets("job_id", "90002 "),
    sets("job_id", "9223372036854775808"),
    sets("project_id", "0"),
    sets("project_id", "-81"),
    sets("project_id", nullptr),
    sets("pipeline_id", ""),
    sets("user_id", true),
    sets("user_login", ""),
    sets("user_login", json::array({"alice"})),
    sets("user_login", json{{"name", "alice"}}),
    sets("user_login", "ali\nce"),
    sets("user_login", std::string("ali\0ce", 6)),
    sets("user_login", std::string(1025, 'a')),
    sets("user_email", 7),
    sets("project_path", nullptr),
    sets("ref", 1.5),
    sets("ref_protected", true),
    sets("ref_protected", "yes"),
    sets("ref_protected", "True"),
    sets("pipeline_source", json::object()),
    sets("sha", false),
    sets("iss", json::array()),
    sets("aud", json::object()),
    sets("aud", json::array()),
    sets("aud", json::array({"https://vault.example.test", 7})),
    sets("aud", json(std::vector<std::string>(17, "a"))),
    sets("exp", "1784003600"),
    sets("exp", -1),
    sets("exp", 1784003600.5),
    sets("exp", 1e30),
    sets("exp", 4102444801),
};

} // namespace

TEST_CASE("the claims of an ID token are read as GitLab writes them")
{
    JobFacts facts = sample::facts();
    Claims claims;
    json written = sample::claims_json(facts);
    CHECK(read_claims(sample::token_of(written.dump()), claims).empty());
    CHECK(claims.issuer == "https://gitlab.example.test");
    CHECK(claims.audience == std::vector{sample::audience});
    CHECK(claims.job_id == facts.job_id);
    CHECK(claims.project_id == facts.project_id);
    CHECK(claims.pipeline_id == facts.pipeline_id);
    CHECK(claims.project_path == facts.project_path);
    CHECK(claims.user_id == 7);
    CHECK(claims.user_login == "alice");
    CHECK(claims.user_email == "alice@example.test");
    CHECK(claims.ref_protected);
    CHECK(claims.sha == facts.sha);
    CHECK(claims.expires == sample::now + std::chrono::hours(1));
    written["aud"] = json::array({"another", sample::audience});
    written.erase("user_email");
    written.erase("sha");
    CHECK(read_claims(sample::token_of(written.dump()), claims).empty());
    CHECK(claims.audience.size() == 2);
    CHECK(claims.user_email.empty());
}

TEST_CASE("a token whose claims are missing, mistyped or out of range has none [AC-I15]")
{
    const json good = sample::claims_json(sample::facts());
    REQUIRE(wrong(good).empty());
    for (const Forgery& forgery : malformed) {
        json claims = good;
        forgery.apply(claims);
        INFO(claims.dump(-1, ' ', true));
        CHECK(wrong(claims).starts_with(forgery.what));
    }
    for (const char* claim : {"iss", "aud", "user_login", "project_path", "ref", "ref_type", "pipeline_source",
                              "job_id", "project_id", "pipeline_id", "user_id", "ref_protected", "exp"}) {
        json claims = good;
        claims.erase(claim);
        CHECK(wrong(claims) == std::string("no claim ") + claim);
    }
}

TEST_CASE("a token that two readers could understand in two ways has no claims")
{
    const std::string good = sample::claims_json(sample::facts()).dump();
    const auto with = [&](const std::string& member) { return "{" + member + "," + good.substr(1); };
    for (const std::string& text :
         {with(R"("user_login":"alice")"), with(R"("\u0075ser_login":"root")"), with(R"("job_id":"1")"), good + "{}",
          good + " x", "[" + good + "]", std::string("null"), std::string("\"text\""), std::string(good.size(), '['),
          with("\"extra\":\"\xff\"")}) {
        INFO(text.substr(0, 80));
        CHECK_FALSE(wrong(sample::token_of(text)).empty());
    }
}

TEST_CASE("a text that is no token, or a huge one, is not looked at [INV-14]")
{
    const std::string good = sample::token_of(sample::claims_json(sample::facts()).dump());
    REQUIRE(wrong(good).empty());
    const std::string head = good.substr(0, good.find('.')), body = good.substr(head.size() + 1);
    for (const std::string& token :
         {std::string(), std::string("."), std::string(".."), head, head + "." + head, good + "." + head, "." + body,
          head + ".." + head, good + "=", good + "\n", " " + good, head + "+" + "." + body,
          good.substr(0, good.size() - 1), std::string("eyJ\0.e30.e30", 12)}) {
        INFO(token);
        CHECK_FALSE(wrong(token).empty());
    }
    CHECK(wrong(std::string(1u << 20, 'A')) == "a token of 1048576 bytes");
    CHECK(wrong(head + "." + std::string(largest_id_token, 'A') + ".AAAA").starts_with("a token of"));
    // the same bytes, spelt another way: base64 leaves two bits of the last letter unused
    const std::string twin = base64url(R"({"alg":"RS256"}  )");
    CHECK(check_token_form(twin + ".e30.AAAA").empty());
    CHECK_FALSE(check_token_form(twin.substr(0, twin.size() - 1) + "B.e30.AAAA").empty());
}
