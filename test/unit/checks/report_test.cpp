#include "checks/codes.h"
#include "checks/report.h"
#include "checks/utf8.h"
#include "sample.h"
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

using namespace ysnp::checks;

namespace {

Decision refused()
{
    JobFacts f = sample::facts();
    const Documents d = sample::documents_for(f);
    f.steps[0].script[0] = "evil";
    return sample::decide_with(d, f);
}

std::size_t width(std::string_view line)
{
    std::size_t columns = 0;
    for (; !line.empty(); ++columns) line.remove_prefix(next_code_point(line).width);
    return columns;
}

} // namespace

TEST_CASE("the box says what, found, expected, what to do and the code")
{
    const std::string box =
        render_box(refused(), {"acme/platform/shop", "deploy", "main", "alice", "17"}, Charset::utf8);
    for (const char* part : {"DENIED", "deploy", "acme/platform/shop", "script", "SCR-UNLISTED", "expected",
                             "What you can do", "gate explain SCR-UNLISTED",
                             "ysnp2:", "Nothing from this job was executed", "claimed by GitLab", "record 17"}) {
        CAPTURE(part);
        CHECK(box.find(part) != std::string::npos);
    }
    std::istringstream lines(box);
    for (std::string line; std::getline(lines, line);) CHECK(width(line) == 78);
}

TEST_CASE("whom an ID token proves stands in the box, whatever the job's variables claim [AC-I15]")
{
    Decision decision = refused();
    decision.requester_verified = true;
    decision.requested_by = "alice";
    const std::string box = render_box(decision, {"p", "deploy", "", "root", "17"}, Charset::utf8);
    CHECK(box.find("by alice (verified by ID token)") != std::string::npos);
    CHECK(box.find("claimed by GitLab") == std::string::npos);
    CHECK(box.find("root") == std::string::npos);
}

TEST_CASE("the box names the command that allows the job, where that is enough and means itself to a shell")
{
    const auto squeezed = [](const Decision& decision) {
        std::string text;
        for (const char c : render_box(decision, {"p", "deploy", "", "", ""}, Charset::ascii))
            if (c != '\n' && c != '|' && c != ' ') text += c;
        return text;
    };
    const std::string command = "ysnprunnergateallow--project";
    Decision decision = refused();
    CHECK(squeezed(decision).find(command + decision.project_path + "--entry" + decision.job_name + "@" +
                                  decision.digest) != std::string::npos);
    for (const char* name : {"$(id)", "a'b", "a;b", "-x", "a\nb"}) {
        decision.job_name = name;
        CHECK(squeezed(decision).find(command) == std::string::npos);
    }
    decision.job_name = "deploy it";
    CHECK(squeezed(decision).find("--entry'deployit@ysnp2:") != std::string::npos);
    Decision asking = decision, other = decision;
    asking.verdict = Verdict::ask;
    CHECK(squeezed(asking).find(command) == std::string::npos);
    other.reasons.push_back({Finding::refused, "POL-CONDITION", "ref", "", "", "", "", ""});
    CHECK(squeezed(other).find(command) == std::string::npos);
}

TEST_CASE("a local job that is not known whole is told what to do about it, without a code")
{
    JobFacts facts = sample::facts();
    const Documents documents = sample::documents_for(facts);
    facts.undetermined = {"job:parallel"};
    const std::string box = render_box(sample::decide_with(documents, facts), {"p", "job", "", "", ""}, Charset::utf8);
    for (const char* part :
         {"UNDETERMINED", "not evaluated: job:parallel", "1. write otherwise what is not evaluated"}) {
        CAPTURE(part);
        CHECK(box.find(part) != std::string::npos);
    }
    CHECK(box.find("gate explain") == std::string::npos);
}

TEST_CASE("the ASCII box holds nothing but ASCII")
{
    Decision decision = refused();
    decision.job_name = "d\xc3\xa9ploy";
    const std::string box = render_box(decision, {"p", "d\xc3\xa9ploy", "", "", ""}, Charset::ascii);
    for (const char c : box) CHECK((c == '\n' || (c >= 0x20 && c < 0x7f)));
    CHECK(box.find("d\\u{e9}ploy") != std::string::npos);
}

TEST_CASE("no text of the payload can steer the terminal or forge a line [AC-S04] [AC-S15] [AC-A28]")
{
    const std::string evil = "a\x1b[2J\r\n\xe2\x80\xae\xe2\x80\x8b\x07\x7f|ALLOWED\xff";
    Decision decision = refused();
    for (Reason& reason : decision.reasons) reason.found = reason.expected = reason.remedy = evil;
    decision.notes = {evil};
    const std::string box = render_box(decision, {evil, evil, evil, evil, evil}, Charset::utf8);
    CHECK(box.find('\x1b') == std::string::npos);
    CHECK(box.find('\r') == std::string::npos);
    CHECK(box.find("\xe2\x80\xae") == std::string::npos);
    CHECK(is_utf8(box));
    std::istringstream lines(box);
    for (std::string line; std::getline(lines, line);)
        CHECK((line.starts_with("│") || line.starts_with("┌") || line.starts_with("└")));
    CHECK(printable("a\nb\x1b\xe2\x80\xae") == "a\\nb\\x1b\\u{202e}");
    CHECK(printable(std::string(500, 'x'), 10) == "xxxxxxxxxx…");
}

TEST_CASE("an allowed job's box promises nothing about what did not happen")
{
    const JobFacts f = sample::facts();
    const std::string box = render_box(sample::decide_with(sample::documents_for(f), f), {"p", "deploy", "", "", ""},
                                       Charset::utf8, Colour::ansi);
    CHECK(box.find("ALLOWED") != std::string::npos);
    CHECK(box.find("Nothing from this job") == std::string::npos);
    CHECK(box.find("\x1b[32;1m") != std::string::npos);
}

TEST_CASE("the JSON form holds verdict, code, digest and reasons, and no value of a variable")
{
    JobFacts f = sample::facts();
    f.variables.push_back(sample::secret("TOKEN", "hunter2-secret"));
    f.variables.push_back(sample::variable("PLAIN", "plain-value"));
    const auto json = nlohmann::json::parse(render_json(sample::decide_with(sample::documents_for(f), f)));
    CHECK(json["verdict"] == "refuse");
    CHECK(json["code"] == "PAY-VAR");
    CHECK(json["digest"].get<std::string>().starts_with("ysnp2:"));
    CHECK(json["image"]["checked"] == true);
    CHECK(json["free_variables"] == nlohmann::json{"TOKEN"});
    CHECK(json.dump().find("hunter2") == std::string::npos);
    CHECK(json.dump().find("plain-value") == std::string::npos);
}

TEST_CASE("every code that the gate can say is explained")
{
    const std::regex code(
        R"re("((?:PAY|IMG|SVC|SCR|SRC|POL|USR|VLT|GLB|GIT|DCK|NET|WSP|ART|CCH|RES|HST|AUD|RUN)-[A-Z]+)")re");
    int found = 0;
    const auto look_into = [&](const std::filesystem::path& file) {
        std::ifstream in(file);
        const std::string text{std::istreambuf_iterator<char>(in), {}};
        for (std::sregex_iterator at(text.begin(), text.end(), code), end; at != end; ++at, ++found) {
            INFO(file.string() << ": " << (*at)[1].str());
            CHECK(find_code((*at)[1].str()) != nullptr);
        }
    };
    for (const char* folder : {"checks", "runner"})
        for (const auto& entry :
             std::filesystem::recursive_directory_iterator(std::string(YSNP_SOURCE_DIR) + "/" + folder))
            if (entry.path().extension() == ".cpp" || entry.path().extension() == ".h") look_into(entry.path());
    CHECK(found > 20);
    for (std::size_t i = 1; i < codes().size(); ++i) CHECK(codes()[i - 1].name < codes()[i].name);
    for (const Code& entry : codes()) {
        CHECK_FALSE(entry.summary.empty());
        CHECK_FALSE(entry.meaning.empty());
        CHECK_FALSE(entry.remedy.empty());
        CHECK(list_codes().find(entry.name) != std::string::npos);
    }
}

TEST_CASE("a code is found as people type it")
{
    REQUIRE(find_code(" [scr-unlisted]\n"));
    CHECK(find_code("scr-unlisted")->name == "SCR-UNLISTED");
    CHECK(find_code("NOPE") == nullptr);
    CHECK(find_code("  ") == nullptr);
    CHECK(explain(*find_code("IMG-REF")).find("What to do") != std::string::npos);
}
