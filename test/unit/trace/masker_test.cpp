#include "net/failure.h"
#include "runner/trace/masker.h"
#include "test/unit/trace/gather.h"
#include "test/unit/trace/naive_masker.h"
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <random>
#include <system_error>

namespace ysnp::trace {

namespace {

std::string masked(std::string_view text, const std::vector<std::string>& secrets, std::size_t piece = 1 << 20)
{
    Secrets known;
    for (const auto& secret : secrets) known.add(secret);
    Gather end;
    Masker masker(known, end);
    feed(masker, text, piece);
    return end.text;
}

std::string at_every_split(std::string_view text, const std::vector<std::string>& secrets)
{
    const std::string whole = masked(text, secrets);
    for (std::size_t split = 0; split <= text.size(); ++split) {
        Secrets known;
        for (const auto& secret : secrets) known.add(secret);
        Gather end;
        Masker masker(known, end);
        masker.put(text.substr(0, split));
        masker.put(text.substr(split));
        masker.close();
        CHECK(end.text == whole);
    }
    for (std::size_t piece = 1; piece < 8; ++piece) CHECK(masked(text, secrets, piece) == whole);
    return whole;
}

} // namespace

TEST_CASE("a masked value never passes, wherever the writes split it [JOB-005] [JOB-135] [PAY-12] [AC-T01]")
{
    CHECK(at_every_split("token=s3cret-value; done", {"s3cret-value"}) == "token=[MASKED]; done");
    CHECK(at_every_split("s3cret-values3cret-value", {"s3cret-value"}) == "[MASKED][MASKED]");
    CHECK(at_every_split("$ curl -H s3cret-value", {"s3cret-value"}) == "$ curl -H [MASKED]"); // [JOB-137]
}

TEST_CASE("values that overlap themselves leave no residue [AC-T01]")
{
    CHECK(at_every_split("aaab", {"aab"}) == "a[MASKED]");
    CHECK(at_every_split("ababacus", {"abacus"}) == "ab[MASKED]");
    CHECK(at_every_split("abcabcabd", {"abcabd"}) == "abc[MASKED]");
    CHECK(at_every_split("xaaaax", {"aa"}) == "x[MASKED]x");
    CHECK(at_every_split("aaa", {"a"}) == "[MASKED][MASKED][MASKED]");
}

TEST_CASE(
    "of values inside each other the longest is masked, and values that overlap become one mask [JOB-141] [AC-T01]")
{
    CHECK(at_every_split("see password-extended.", {"password", "password-extended"}) == "see [MASKED].");
    CHECK(at_every_split("see password-extra.", {"password", "password-extended"}) == "see [MASKED]-extra.");
    CHECK(at_every_split("abcdefghi", {"abcdef", "defghi"}) == "[MASKED]");
    CHECK(at_every_split("-abcde-", {"b", "d", "abcde"}) == "-[MASKED]-");
    CHECK(at_every_split("-abcdx-", {"b", "d", "abcde"}) == "-a[MASKED]c[MASKED]x-");
}

TEST_CASE("a value of several lines is one phrase [JOB-136]")
{
    CHECK(at_every_split("<line one\nline two\nline three>", {"line one\nline two\nline three\n"}) == "<[MASKED]>");
    CHECK(at_every_split("<line one>", {"line one\nline two\nline three"}) == "<line one>");
}

TEST_CASE("values are trimmed and counted once, empty ones are ignored, short ones are masked [AC-T03]")
{
    Secrets secrets;
    CHECK(secrets.add("  \n") == Secrets::Added::empty);
    CHECK(secrets.add("") == Secrets::Added::empty);
    CHECK(secrets.add(" long-enough-value\n") == Secrets::Added::added);
    CHECK(secrets.add("long-enough-value") == Secrets::Added::known);
    CHECK(secrets.add("abc") == Secrets::Added::added);
    CHECK(secrets.size() == 2);
    CHECK(masked("a b c", {"b"}) == "a [MASKED] c");
}

TEST_CASE("values with bytes that are not UTF-8 and with NUL are masked exactly [AC-T03]")
{
    const std::string odd("\xff\x00\xfe secret \x80", 12);
    CHECK(at_every_split("<" + odd + ">", {odd}) == "<[MASKED]>");
}

TEST_CASE("what only begins like a value passes once that is clear, and is never doubled")
{
    CHECK(at_every_split("secre", {"secret"}) == "secre");
    CHECK(at_every_split("secresecret", {"secret"}) == "secre[MASKED]");
}

TEST_CASE("the beginning of a value at the end of a stream counts as the value cut off once it is telling [AC-T05]")
{
    CHECK(at_every_split("killed: s3cret-val", {"s3cret-value"}) == "killed: [MASKED]");
    CHECK(at_every_split("help", {"p4ssword-value"}) == "help");
}

TEST_CASE("a held-back beginning does not pass before the stream ends")
{
    Secrets secrets;
    secrets.add("s3cret-value");
    Gather end;
    Masker masker(secrets, end);
    masker.put("password: s3cret-v");
    masker.end_write();
    CHECK(end.text == "password: ");
    CHECK(end.writes == 1);
    masker.put("ase");
    CHECK(end.text == "password: s3cret-vase");
}

TEST_CASE("a secret that becomes known in the middle of a stream is masked from then on, held-back bytes included")
{
    Secrets secrets;
    secrets.add("abcdefgh-first");
    Gather end;
    Masker masker(secrets, end);
    masker.put("x abcdefgh-f");
    secrets.add("defgh-f");
    secrets.add("fgh-fresh");
    masker.put("resh abcdefgh-first");
    masker.close();
    CHECK(end.text == "x abc[MASKED] [MASKED]");
}

TEST_CASE("ten thousand values and one of a megabyte are masked in linear time [AC-T03]")
{
    std::mt19937 random(7);
    std::vector<std::string> secrets;
    for (int i = 0; i < 10000; ++i) secrets.push_back("value-" + std::to_string(random()) + "-" + std::to_string(i));
    secrets.push_back(std::string(1 << 20, 'a') + "b");
    Secrets known;
    for (const auto& secret : secrets) known.add(secret);
    Gather end;
    Masker masker(known, end);
    const std::string as(4096, 'a');
    for (int i = 0; i < 300; ++i) masker.put(as); // one long beginning that never completes
    masker.put("! " + secrets[4711] + " !");
    masker.close();
    CHECK(end.text == std::string(300 * 4096, 'a') + "! [MASKED] !");
}

TEST_CASE("more than four megabytes of values fail the job, not the runner [AC-T03]")
{
    Secrets secrets;
    secrets.add(std::string(Secrets::longest_total, 'x'));
    try {
        secrets.add("one more");
        FAIL("accepted");
    } catch (const std::system_error& e) {
        CHECK(e.code() == Failure::too_large);
    }
}

TEST_CASE("the masker equals the obvious algorithm on random texts, values and splits [AC-T01]")
{
    std::mt19937 random(42);
    const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
    for (int round = 0; round < 3000; ++round) {
        const int letters = 1 + below(4);
        const auto word = [&](int longest) {
            std::string result(static_cast<std::size_t>(1 + below(longest)), ' ');
            for (auto& c : result) c = static_cast<char>('a' + below(letters));
            return result;
        };
        std::vector<std::string> secrets;
        for (int i = below(6) + 1; i > 0; --i) secrets.push_back(word(round % 3 == 0 ? 24 : 6));
        std::string text;
        for (int i = below(12); i >= 0; --i) {
            if (below(3) == 0)
                text += secrets[static_cast<std::size_t>(below(static_cast<int>(secrets.size())))];
            else
                text += word(20);
        }
        const auto expected = naive_mask(text, secrets);
        for (std::size_t piece : {std::size_t{1}, std::size_t{3}, std::size_t{17}, text.size()})
            if (const auto got = masked(text, secrets, piece); got != expected) {
                CAPTURE(text, secrets, piece);
                REQUIRE(got == expected);
            }
    }
}

TEST_CASE("two hundred values in ordinary text are found behind the filter, at every alignment")
{
    std::mt19937 random(3);
    std::vector<std::string> secrets;
    for (int i = 0; i < 200; ++i) {
        std::string secret;
        for (int k = 0; k < 8 + i % 40; ++k) secret += "abcdefghijklmnopqrstuvwxyz0123456789"[random() % 36];
        secrets.push_back(secret);
    }
    std::string text, expected;
    for (int i = 0; i < 2000; ++i) {
        const std::string filler(random() % 50, i % 2 == 0 ? ' ' : 'e');
        text += filler + "#" + secrets[static_cast<std::size_t>(i % 200)] + "#";
        expected += filler + "#[MASKED]#";
    }
    CHECK(masked(text, secrets) == expected);
    CHECK(masked(text, secrets, 13) == expected);
}

} // namespace ysnp::trace
