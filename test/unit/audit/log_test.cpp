#include "runner/audit/chain.h"
#include "runner/audit/log.h"
#include "runner/audit/verify.h"
#include "test/double/run.h"
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

using namespace ysnp::audit;
namespace fs = std::filesystem;

namespace {

Record decision(int job) { return {"decision", job, "acme/shop", R"({"verdict":"pass"})"}; }

std::string read(const fs::path& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write(const fs::path& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

/// A log with three records.
fs::path three(const fs::path& folder)
{
    const fs::path file = folder / "audit.jsonl";
    Log log({file});
    for (int job = 1; job <= 3; ++job) log.append(decision(job));
    return file;
}

} // namespace

TEST_CASE("each record continues the one before it, and the chain verifies [INV-12]")
{
    const ysnp::test::TempDir folder;
    const fs::path file = three(folder.path());
    const Verification result = verify(file);
    CHECK(result.intact());
    CHECK(result.records == 3);
    std::istringstream lines(read(file));
    std::string prev(64, '0');
    for (std::string line; std::getline(lines, line);) {
        const auto json = nlohmann::json::parse(line);
        CHECK(json["prev"] == prev);
        CHECK(json["kind"] == "decision");
        CHECK(json["project"] == "acme/shop");
        CHECK(json["body"]["verdict"] == "pass");
        CHECK(json["time"].get<std::string>().ends_with("Z"));
        prev = json["hash"];
    }
    CHECK(result.head.hash == prev);
    struct stat status {};
    ::stat(file.c_str(), &status);
    CHECK((status.st_mode & 07777) == 0640);
}

TEST_CASE("a log that is opened again continues its chain")
{
    const ysnp::test::TempDir folder;
    const fs::path file = three(folder.path());
    Log log({file});
    CHECK(log.head().seq == 3);
    CHECK(log.append(decision(4)).seq == 4);
    CHECK(verify(file).records == 4);
}

TEST_CASE("the verifier names the first record that is edited, removed, moved or cut off [AC-L12]")
{
    const ysnp::test::TempDir folder;
    const fs::path file = three(folder.path());
    const std::string good = read(file);
    std::vector<std::string> lines;
    std::istringstream in(good);
    for (std::string line; std::getline(in, line);) lines.push_back(line + "\n");
    const auto broken_at = [&](const std::string& text) {
        write(file, text);
        const auto result = verify(file);
        return result.first_break ? result.first_break->line : 0;
    };
    for (std::size_t at = 0; at < good.size(); at += 5) { // any byte
        std::string changed = good;
        changed[at] = changed[at] == 'x' ? 'y' : 'x';
        CAPTURE(at);
        CHECK(broken_at(changed) != 0);
    }
    CHECK(broken_at(lines[0] + lines[2]) == 2);
    CHECK(broken_at(lines[1] + lines[2]) == 1);
    CHECK(broken_at(lines[0] + lines[2] + lines[1]) == 2);
    CHECK(broken_at(lines[0] + lines[1] + lines[1]) == 3);
    CHECK(broken_at(good.substr(0, good.size() - 4)) == 3);
    CHECK(broken_at(lines[0] + "{}\n") == 2);
    CHECK(broken_at(good) == 0);
}

TEST_CASE("a tail that was removed shows against the anchored head [AC-L12]")
{
    const ysnp::test::TempDir folder;
    const fs::path file = three(folder.path());
    const Position anchor = verify(file).head;
    CHECK(verify(file, anchor).intact());
    std::string text = read(file);
    text.resize(text.rfind('\n', text.size() - 2) + 1);
    write(file, text);
    CHECK(verify(file).intact()); // by itself it looks whole
    REQUIRE(verify(file, anchor).first_break);
    CHECK(verify(file, anchor).first_break->seq == 3);
    CHECK_FALSE(verify(file, Position{2, std::string(64, 'a')}).intact());
}

TEST_CASE("a record that a crash cut short is kept aside, and the chain says so [AC-L04]")
{
    const ysnp::test::TempDir folder;
    const fs::path file = three(folder.path());
    const std::string whole = read(file);
    for (const std::string& torn : {std::string("{\"seq\":4,\"ti"), std::string("{"), whole.substr(0, 100)}) {
        write(file, whole + torn);
        CHECK_FALSE(verify(file).intact());
        {
            Log log({file});
            CHECK(log.head().seq == 4);
        }
        CHECK(verify(file).intact());
        CHECK(read(file.string() + ".torn-4") == torn);
        CHECK(read(file).find("\"kind\":\"recovered\"") != std::string::npos);
    }
}

TEST_CASE("a log whose last record was changed is not continued [AC-L12]")
{
    const ysnp::test::TempDir folder;
    const fs::path file = three(folder.path());
    std::string text = read(file);
    text[text.size() - 80] ^= 1;
    write(file, text);
    CHECK_THROWS_AS(Log({file}), std::system_error);
}

TEST_CASE("one file has one writer [AC-L07]")
{
    const ysnp::test::TempDir folder;
    const fs::path file = three(folder.path());
    const Log first({file});
    CHECK_THROWS_AS(Log({file}), std::system_error);
}

TEST_CASE("links, and files that others can write, are no audit log")
{
    const ysnp::test::TempDir folder;
    const fs::path real = three(folder.path());
    const fs::path link = folder / "link.jsonl";
    fs::create_symlink(real, link);
    CHECK_THROWS_AS(Log({link}), std::system_error);
    ::chmod(real.c_str(), 0666);
    CHECK_THROWS_AS(Log({real}), std::system_error);
    ::chmod(real.c_str(), 0640);
    CHECK_NOTHROW(Log({real}));
    fs::create_directory(folder / "folder.jsonl");
    CHECK_THROWS_AS(Log({folder / "folder.jsonl"}), std::system_error);
}

TEST_CASE("rotation keeps the chain over all files")
{
    const ysnp::test::TempDir folder;
    const fs::path file = folder / "audit.jsonl";
    {
        Log log({file, 600});
        for (int job = 1; job <= 12; ++job) log.append(decision(job));
    }
    CHECK(fs::exists(file.string() + ".2"));
    const auto result = verify(file);
    CHECK(result.intact());
    CHECK(result.records == 12);
    {
        Log log({file, 600});
        CHECK(log.append(decision(13)).seq == 13);
    }
    CHECK(verify(file).records == 13);
    fs::remove(file.string() + ".2");
    fs::rename(file.string() + ".1", file.string() + ".2");
    fs::rename(file.string() + ".2", file.string() + ".1");
    CHECK_FALSE(verify(file).intact()); // the middle is gone
}

TEST_CASE("a log that was just rotated away continues from the file before it")
{
    const ysnp::test::TempDir folder;
    const fs::path file = three(folder.path());
    fs::rename(file, file.string() + ".1");
    Log log({file});
    CHECK(log.append(decision(4)).seq == 4);
    CHECK(verify(file).records == 4);
}

TEST_CASE(
    "a file that somebody removes, replaces or changes while it is written takes no more records [AC-L12] [INV-12]")
{
    const ysnp::test::TempDir folder;
    const fs::path file = three(folder.path()), kept = folder / "kept.jsonl";
    Log log({file});
    fs::rename(file, kept);
    CHECK_THROWS_AS(log.append(decision(4)), std::system_error); // removed
    write(file, read(kept));
    CHECK_THROWS_AS(log.append(decision(4)), std::system_error); // replaced, be it by a copy
    fs::remove(file);
    fs::create_symlink(kept, file);
    CHECK_THROWS_AS(log.append(decision(4)), std::system_error); // moved, with a link in its place
    fs::remove(file);
    fs::rename(kept, file);
    CHECK(log.append(decision(4)).seq == 4); // put back
    fs::resize_file(file, fs::file_size(file) / 2);
    CHECK_THROWS_AS(log.append(decision(5)), std::system_error);
    CHECK(log.head().seq == 4);
}

TEST_CASE("a full disk refuses the record, and the file holds no part of it [AC-L04]")
{
    const ysnp::test::TempDir folder;
    const fs::path file = three(folder.path());
    const auto before = fs::file_size(file);
    const pid_t child = ::fork(); // the limit on file sizes is the process's own
    REQUIRE(child >= 0);
    if (child == 0) {
        std::signal(SIGXFSZ, SIG_IGN);
        Log log({file});
        const rlimit limit{before + 20, before + 20};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        try {
            log.append(decision(4));
        } catch (const std::system_error&) {
            ::_exit(fs::file_size(file) == before && log.head().seq == 3 ? 0 : 2);
        }
        ::_exit(1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
    Log log({file});
    CHECK(log.append(decision(4)).seq == 4);
    CHECK(verify(file).intact());
}

TEST_CASE("texts that are not UTF-8 do not break a record")
{
    const ysnp::test::TempDir folder;
    const fs::path file = folder / "audit.jsonl";
    Log log({file});
    log.append({"decision", 1, "a\xff\nb", "{}"});
    CHECK(verify(file).intact());
    CHECK_THROWS(log.append({"decision", 1, "p", "not json"}));
    CHECK(log.append(decision(2)).seq == 2);
}
