#include "runner/trace/encodings.h"
#include "runner/trace/masker.h"
#include "runner/trace/token_mask.h"
#include "runner/trace/url_mask.h"
#include "test/unit/trace/gather.h"
#include <catch2/catch_test_macros.hpp>

namespace ysnp::trace {

namespace {

std::string tokens(std::string_view text, const TokenShapes& shapes = TokenShapes())
{
    std::string whole;
    for (std::size_t piece :
         {text.size(), std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{5}, std::size_t{11}}) {
        Gather end;
        TokenMask mask(shapes, end);
        feed(mask, text, piece);
        if (whole.empty()) whole = end.text;
        CHECK(end.text == whole);
    }
    return whole;
}

std::string urls(std::string_view text)
{
    std::string whole;
    for (std::size_t piece : {text.size(), std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}}) {
        Gather end;
        UrlMask mask(end);
        feed(mask, text, piece);
        if (whole.empty()) whole = end.text;
        CHECK(end.text == whole);
    }
    return whole;
}

} // namespace

TEST_CASE("a token behind a known prefix is masked, the prefix stays [JOB-138] [TRC-35]")
{
    CHECK(tokens("use glpat-abc_DEF, please") == "use glpat-[MASKED], please");
    CHECK(tokens("glpat-a.b-c=d1\nnext") == "glpat-[MASKED]\nnext");
    CHECK(tokens("glcbt-64_x glrt-t1.aBc glptt-9") == "glcbt-[MASKED] glrt-[MASKED] glptt-[MASKED]");
    CHECK(tokens("Cookie: _gitlab_session=0123abcd; x") == "Cookie: _gitlab_session=[MASKED]; x");
    CHECK(tokens("glpat-glrt-abc") == "glpat-[MASKED]");
}

TEST_CASE("a prefix without a token, or only the beginning of one, passes and is not doubled")
{
    CHECK(tokens("the prefix glpat- is known") == "the prefix glpat- is known");
    CHECK(tokens("glglpat-x") == "glglpat-[MASKED]");
    CHECK(tokens("glpa") == "glpa");
    CHECK(tokens("ends with glpat-") == "ends with glpat-");
    CHECK(tokens("already glpat-[MASKED]") == "already glpat-[MASKED]");
}

TEST_CASE(
    "the payload's prefixes count, the shortest until there are fifteen, and switch nothing off [TRC-35] [AC-T06]")
{
    const std::vector<std::string> extra = {"acme-", "this-one-is-longer-than-all-others-"};
    const TokenShapes shapes(extra);
    CHECK(tokens("acme-123 glpat-1", shapes) == "acme-[MASKED] glpat-[MASKED]");
    CHECK(tokens("this-one-is-longer-than-all-others-1", shapes) == "this-one-is-longer-than-all-others-1");
    std::vector<std::string> many;
    for (char c = 'a'; c <= 'z'; ++c) many.push_back({c, '~'});
    const TokenShapes crowded(many);
    CHECK(tokens("glpat-1 a~1 z~1", crowded) == "glpat-[MASKED] a~[MASKED] z~1");
    CHECK(tokens("hvs.CAESIJ0123456789abcdefgh", crowded) == "hvs.[MASKED]");
    const TokenShapes only_one({}, TokenShapes::Defaults::glpat_only);
    CHECK(tokens("glpat-1 glrt-1", only_one) == "glpat-[MASKED] glrt-1");
}

TEST_CASE("tokens of Vault, AWS and JOSE are masked by their shape, words that look alike are not [AC-T06]")
{
    CHECK(tokens("hvs.CAESIJ0123456789abcdefgh.") == "hvs.[MASKED]");
    CHECK(tokens("see hvs.length and AKIA") == "see hvs.length and AKIA");
    CHECK(tokens("AKIAIOSFODNN7EXAMPLE") == "AKIA[MASKED]");
    CHECK(tokens("AKIA glpat-x") == "AKIA glpat-[MASKED]");
    CHECK(tokens("AKIAglpat-xyz end") == "AKIAglpat-[MASKED] end");
    CHECK(tokens("bearer eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxIn0.c2ln next") ==
          "bearer eyJhbGciOi[MASKED] next");
    CHECK(tokens("eyJhbGciOi") == "eyJhbGciOi");
}

TEST_CASE("values of URL parameters that carry credentials are masked, names without case [JOB-139]")
{
    CHECK(urls("http://h/p?private_token=abc&x=1") == "http://h/p?private_token=[MASKED]&x=1");
    CHECK(urls("http://h/?a=1&X-Amz-Signature=00ff&X-AMZ-Credential=k/1 end") ==
          "http://h/?a=1&X-Amz-Signature=[MASKED]&X-AMZ-Credential=[MASKED] end");
    CHECK(urls("?rss_token=t?authenticity_token=u\n") == "?rss_token=[MASKED]?authenticity_token=[MASKED]\n");
    CHECK(urls("&x-amz-security-token=s\x1b[0m") == "&x-amz-security-token=[MASKED]\x1b[0m");
}

TEST_CASE("other parameters, other text and empty values pass [JOB-139]")
{
    CHECK(urls("http://h/p?private_tokens=abc&private=1") == "http://h/p?private_tokens=abc&private=1");
    CHECK(urls("what? yes && no, a&b?") == "what? yes && no, a&b?");
    CHECK(urls("?private_token=&x=1") == "?private_token=&x=1");
    CHECK(urls("private_token=abc") == "private_token=abc");
    CHECK(urls("??private_token=abc") == "??private_token=[MASKED]");
    CHECK(urls("?private_?private_token=a") == "?private_?private_token=[MASKED]");
    CHECK(urls("trailing ?private_tok") == "trailing ?private_tok");
}

TEST_CASE("a secret printed in a usual encoding is masked where its encodings were added [AC-T02]")
{
    Secrets secrets;
    const std::string value = "p@ss\"word'$1/2\nsecond line here";
    secrets.add(value, Secrets::Forms::encoded);
    const auto hidden = [&](std::string_view text) {
        Gather end;
        Masker masker(secrets, end);
        feed(masker, text, 7);
        return end.text.find("[MASKED]") != std::string::npos;
    };
    CHECK(hidden("cEBzcyJ3b3JkJyQxLzIKc2Vjb25kIGxpbmUgaGVyZQ=="));    // base64, alone
    CHECK(hidden("cEBzcyJ3b3JkJyQxLzIKc2Vjb25kIGxpbmUgaGVyZQo="));    // with a newline behind it
    CHECK(hidden("eHBAc3Mid29yZCckMS8yCnNlY29uZCBsaW5lIGhlcmU="));    // one byte before it
    CHECK(hidden("eHhwQHNzIndvcmQnJDEvMgpzZWNvbmQgbGluZSBoZXJl"));    // two bytes before it
    CHECK(hidden("p%40ss%22word%27%241%2F2%0Asecond%20line%20here")); // URL
    CHECK(hidden("704073732277 6f"
                 "704073732277 6f7264") == false); // blanks inside: no promise
    CHECK(hidden("7040737322776f7264272431 2f320a") == false);
    CHECK(hidden("7040737322776f72642724312f320a7365636f6e64206c696e652068657265")); // hex
    CHECK(hidden("{\"v\":\"p@ss\\\"word'$1/2\\nsecond line here\"}"));               // JSON
    CHECK(hidden("'p@ss\"word'\\''$1/2\nsecond line here'"));                        // single quotes
    CHECK(hidden("\"p@ss\\\"word'\\$1/2\nsecond line here\""));                      // double quotes
    CHECK(hidden("   second line here\r\n"));                                        // one line of it
}

TEST_CASE("without its encodings only the exact value is masked [JOB-140]")
{
    Secrets secrets;
    secrets.add("s3cret-value");
    Gather end;
    Masker masker(secrets, end);
    feed(masker, "s3cret-value czNjcmV0LXZhbHVl", 4);
    CHECK(end.text == "[MASKED] czNjcmV0LXZhbHVl");
}

} // namespace ysnp::trace
