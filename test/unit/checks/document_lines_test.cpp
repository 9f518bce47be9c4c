#include "checks/digest.h"
#include "checks/document_lines.h"
#include "sample.h"
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>
#include <set>

using namespace ysnp::checks;

namespace {

std::string text_of(const nlohmann::json& document, Charset charset = Charset::utf8)
{
    std::string text;
    for (const DocumentLine& line : document_lines(document.dump(), charset)) text += line.text + "\n";
    return text;
}

nlohmann::json script(const std::string& line) { return {{"steps", {{{"name", "script"}, {"script", {line}}}}}}; }

} // namespace

TEST_CASE("a digest document is shown member by member, names first, scripts as they are")
{
    const nlohmann::json document = {
        {"ysnp", 2},
        {"job", "deploy"},
        {"image", {{"reference", "busybox@sha256:00"}, {"entrypoint", nullptr}}},
        {"steps",
         {{{"name", "script"}, {"allow_failure", false}, {"script", {"set -e", "for i in 1 2; do\n  echo $i\ndone"}}}}},
        {"hooks", nlohmann::json::array()},
        {"variables",
         {{"A B", {{"value", "say \"hi\"\\"}}}, {"C", {{"value", "1"}, {"file", false}, {"raw", false}}}}}};
    CHECK(text_of(document) == R"(ysnp: 2
job: "deploy"
image:
  reference: "busybox@sha256:00"
  entrypoint: null
steps:
  - name: "script"
    allow_failure: false
    script:
      -| set -e
      -| for i in 1 2; do
       |   echo $i
       | done
hooks: []
variables:
  "A B":
    value: "say \"hi\"\\"
  C = "1"
)");
    const auto lines = document_lines(document.dump(), Charset::utf8);
    CHECK(lines[6].part == "step \"script\"");
    CHECK(lines.back().part == "variables");
    CHECK_THROWS_AS(document_lines("[1]", Charset::utf8), std::invalid_argument);
    CHECK_THROWS_AS(document_lines("{", Charset::utf8), std::invalid_argument);
}

TEST_CASE("what a terminal would obey, what is invisible and what looks like something else is escaped [AC-A28]")
{
    const auto shown = [](const std::string& line) { return text_of(script(line)); };
    const auto has = [](const std::string& text, const std::string& part) {
        return text.find(part) != std::string::npos;
    };
    CHECK(has(shown("echo \x1b[2K\x1b[1A ok"), "-! echo \\u{1b}[2K\\u{1b}[1A ok\n"));
    CHECK(has(shown("a\rb"), "-! a\\u{d}b\n"));
    CHECK(has(shown("x \u202e y"), "-! x \\u{202e} y\n"));                      // bidirectional override
    CHECK(has(shown("zero\u200bwidth"), "-! zero\\u{200b}width\n"));            // invisible
    CHECK(has(shown("curl \u0430pi.example"), "-! curl \\u{430}pi.example\n")); // a Cyrillic letter
    CHECK(has(shown("blank at the end "), "-! blank at the end\\u{20}\n"));
    CHECK(has(shown("# Gr\u00fc\u00dfe"), "-| # Gr\u00fc\u00dfe\n"));
    CHECK(has(text_of(script("# Gr\u00fc\u00dfe"), Charset::ascii), "-! # Gr\\u{fc}\\u{df}e\n"));
    // a text that only looks like an escape does not look like one here
    CHECK(has(shown("echo \\u{430}"), "-| echo \\u{430}\n"));
    CHECK(has(shown("echo \\u{430}\u0430"), "-! echo \\\\u{430}\\u{430}\n"));
    CHECK(unmistakable("a\"b\\c\nd\u00a0", Charset::utf8) == "a\\\"b\\\\c\\nd\\u{a0}");
    CHECK(unmistakable("\xff", Charset::utf8) == "\\xff");
}

TEST_CASE("no byte of a long script is left out [AC-A28]")
{
    std::string long_line(200'000, 'x');
    long_line += " && rm -rf /";
    const std::string text = text_of(script(long_line));
    CHECK(text.find(long_line) != std::string::npos);
}

TEST_CASE("documents that differ have lines that differ, whatever differs")
{
    std::set<std::string> seen;
    const auto add = [&](const nlohmann::json& document) { CHECK(seen.insert(text_of(document)).second); };
    add({{"variables", {{"A", {{"value", "1"}}}}}});
    add({{"variables", {{"A", {{"value", 1}}}}}});
    add({{"variables", {{"A", "1"}}}});
    for (const bool file : {false, true})
        for (const bool raw : {false, true})
            add({{"variables", {{"A", {{"value", "1"}, {"file", file}, {"raw", raw}}}}}});
    add({{"variables", {{"A", {{"value", "null"}}}}}});
    add({{"variables", {{"A", {{"value", nullptr}}}}}});
    add({{"variables", {{"A", {{"value", ""}}}}}});
    add({{"variables", {{"A: {}", {{"value", ""}}}}}});
    add({{"steps", {{{"script", {"a", "b"}}}}}});
    add({{"steps", {{{"script", {"a\nb"}}}}}});
    add({{"steps", {{{"script", {"a", "b", ""}}}}}});
    add({{"steps", {{{"script", {"a\n", "b"}}}}}});
    add({{"steps", {{{"script", {"a"}}}, {{"script", {"b"}}}}}});
    add({{"image", {{"entrypoint", nlohmann::json::array()}}}});
    add({{"image", {{"entrypoint", {""}}}}});
    add({{"image", {{"entrypoint", {"", ""}}}}});
    add({{"image", {{"entrypoint", nullptr}}}});
}

TEST_CASE("what changed between two jobs is said in short, by part")
{
    JobFacts before = sample::facts(), after = before;
    after.steps[0].script[0] += " --limit all";
    after.image->name = "registry.example.com/tools@sha256:" + std::string(64, '1');
    const auto lines = [](const JobFacts& facts) {
        return document_lines(digest_of(facts, {}).document, Charset::ascii);
    };
    CHECK(summary_of_changes(lines(before), lines(after)) == "image (2 lines), step \"script\" (2 lines)");
    CHECK(summary_of_changes(lines(before), lines(before)).empty());
}
