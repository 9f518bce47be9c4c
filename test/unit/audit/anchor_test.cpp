#include "runner/audit/anchor.h"
#include "runner/audit/verify.h"
#include "test/double/run.h"
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace ysnp::audit;
namespace fs = std::filesystem;

namespace {

Record decision(int job) { return {"decision", job, "acme/shop", R"({"verdict":"refuse"})"}; }

/// Twelve records in several files, oldest in the one with the highest number.
Position twelve(const fs::path& file)
{
    Log log({file, 600});
    for (int job = 1; job <= 12; ++job) log.append(decision(job));
    return log.head();
}

std::string read(const fs::path& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace

TEST_CASE("an anchor says which record it names, and reads back as it was written")
{
    const Anchor anchor{{12, std::string(64, 'a'), "2026-11-30T04:05:06.007Z"}, "s_0123456789ab", "ci-7"};
    std::string problem;
    const auto again = read_anchor(write_anchor(anchor), problem);
    REQUIRE(again);
    CHECK(problem.empty());
    CHECK(again->at.seq == 12);
    CHECK(again->at.hash == anchor.at.hash);
    CHECK(again->at.time == anchor.at.time);
    CHECK(again->system_id == anchor.system_id);
    CHECK(again->host == anchor.host);
}

TEST_CASE("what is not exactly an anchor is none")
{
    const std::string good = write_anchor({{1, std::string(64, 'a'), "t"}, "s_1", "h"});
    const auto changed = [&](const std::string& from, const std::string& to) {
        std::string text = good;
        text.replace(text.find(from), from.size(), to);
        return text;
    };
    for (const std::string& text :
         {std::string(), std::string("[]"), good.substr(0, good.size() - 1), changed("\"seq\":1", "\"seq\":-1"),
          changed("\"seq\":1", "\"seq\":\"1\""), changed("\"seq\":1,", ""), changed("\"version\":1", "\"version\":2"),
          changed("aaaa", "zzzz"), changed("aaaa", ""), changed("\"host\":\"h\"", "\"host\":7"),
          changed("\"host\":\"h\"", "\"host\":\"h\",\"more\":1"),
          changed("\"h\"", "\"" + std::string(300, 'h') + "\"")}) {
        std::string problem;
        INFO(text);
        CHECK_FALSE(read_anchor(text, problem));
        CHECK_FALSE(problem.empty());
    }
}

TEST_CASE("every way to take something from an anchored chain shows, whichever file it is in [AC-L12]")
{
    const ysnp::test::TempDir folder, copies;
    const fs::path file = folder / "audit.jsonl";
    const Position head = twelve(file);
    const fs::path last = file, before = file.string() + ".1", kept = copies / "kept";
    CHECK(verify(file, head).intact());
    CHECK(verify_from(file, head).intact());
    fs::copy(folder.path(), kept, fs::copy_options::recursive);
    const auto restore = [&] {
        for (const auto& entry : fs::directory_iterator(kept))
            if (entry.is_regular_file())
                fs::copy_file(entry.path(), folder / entry.path().filename().string(),
                              fs::copy_options::overwrite_existing);
    };
    const auto broken = [&] { return !verify(file, head).intact() && !verify_from(file, head).intact(); };

    fs::remove(last); // the newest file removed
    CHECK(broken());
    restore();
    fs::copy_file(before, last, fs::copy_options::overwrite_existing); // an older file in its place
    CHECK(broken());
    restore();
    std::string text = read(last); // its last record cut off
    text.resize(text.rfind('\n', text.size() - 2) + 1);
    std::ofstream(last, std::ios::binary) << text;
    CHECK(broken());
    restore();
    std::ofstream(last, std::ios::binary) << ""; // emptied
    CHECK(broken());
    restore();
    CHECK_FALSE(broken());
    for (const auto& entry : fs::directory_iterator(folder.path())) // all written anew, with other content
        if (entry.is_regular_file()) fs::remove(entry.path());
    {
        Log log({file, 600});
        for (int job = 1; job <= 13; ++job) log.append(decision(job + 100));
    }
    CHECK(verify(file).intact());
    CHECK(broken());
    CHECK(verify(file, head).first_break->seq == head.seq);
}

TEST_CASE("a start looks at the files from the anchored record on, the verifier at all")
{
    const ysnp::test::TempDir folder;
    const fs::path file = folder / "audit.jsonl";
    const Position head = twelve(file);
    int oldest = 1;
    while (fs::exists(file.string() + "." + std::to_string(oldest + 1))) ++oldest;
    REQUIRE(oldest > 1);
    fs::remove(file.string() + "." + std::to_string(oldest)); // archived elsewhere, or tampered with
    CHECK(verify_from(file, head).intact());
    REQUIRE(verify(file, head).first_break);
    CHECK(verify(file, head).first_break->problem.find("record 1 is missing") != std::string::npos);
}

TEST_CASE("a rotation that a crash cut short leaves a number out, and the chain verifies all the same [AC-L04]")
{
    const ysnp::test::TempDir folder;
    const fs::path file = folder / "audit.jsonl";
    const Position head = twelve(file);
    int oldest = 1;
    while (fs::exists(file.string() + "." + std::to_string(oldest + 1))) ++oldest;
    fs::rename(file.string() + "." + std::to_string(oldest), file.string() + "." + std::to_string(oldest + 1));
    CHECK(verify(file, head).intact());
    CHECK(verify(file, head).records == 12);
    {
        Log log({file, 600});
        log.append(decision(13));
    }
    CHECK(verify(file, head).records == 13);
}
