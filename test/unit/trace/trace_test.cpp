#include "runner/trace/limit.h"
#include "runner/trace/trace.h"
#include "runner/trace/utf8.h"
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sys/resource.h>
#include <unistd.h>

namespace ysnp::trace {

namespace {

TraceOptions plain(std::uint64_t limit = 4u << 20)
{
    TraceOptions options;
    options.timestamps = false;
    options.output_limit = limit;
    options.clock = [] { return std::chrono::system_clock::from_time_t(1769850487); };
    return options;
}

std::string all(const Trace& trace) { return trace.read(0, trace.size() + 1); }

std::string sum(std::string_view text)
{
    Crc32 crc;
    crc.update(text);
    return crc.to_string();
}

} // namespace

TEST_CASE("size and checksum are those of the final bytes, after masking and repair [TRC-29] [TRC-30]")
{
    Trace trace(plain());
    CHECK(trace.checksum() == "crc32:00000000"); // [TRC-31]
    trace.write(Source::job_out, "hello\n");
    CHECK(trace.size() == 6);
    CHECK(trace.checksum() == "crc32:363a3020");
    trace.add_secret("s3cret-value");
    trace.write(Source::job_out, "\xFF s3cret-value\n");
    CHECK(all(trace) == "hello\n\xEF\xBF\xBD [MASKED]\n");
    CHECK(trace.size() == all(trace).size());
    CHECK(trace.checksum() == sum(all(trace)));
}

TEST_CASE("a log that an earlier run wrote goes on where it was, with the sum of the whole")
{
    Trace before(plain());
    before.runner_line(Style::plain, "waiting");
    Trace after(plain());
    after.restore(all(before));
    CHECK(after.size() == before.size());
    for (Trace* trace : {&before, &after}) trace->runner_line(Style::plain, "running");
    CHECK(all(after) == all(before));
    CHECK(after.checksum() == before.checksum());
}

TEST_CASE("past the limit comes one notice, counted like the rest, and nothing more [TRC-27] [JOB-107]")
{
    Trace trace(plain(1024));
    trace.write(Source::job_out, std::string(5 * 1024, 'x'));
    CHECK(trace.limit_reached());
    CHECK(all(trace) == std::string(1024, 'x') + limit_notice(1024));
    CHECK(all(trace).find("exceeded limit of 1024 bytes.") != std::string::npos);
    const auto size = trace.size();
    trace.write(Source::job_out, "more\n");
    trace.verdict_line(Style::info, "Job succeeded");
    trace.close();
    CHECK(trace.size() == size);
    CHECK(trace.checksum() == sum(all(trace)));
}

TEST_CASE("a trace of exactly the limit is whole, and the limit never cuts a character [TRC-28]")
{
    Trace exact(plain(6));
    exact.write(Source::job_out, "hello\n");
    CHECK_FALSE(exact.limit_reached());
    Trace cut(plain(6));
    cut.write(Source::job_out, "12345\xC3\xBC");
    CHECK(all(cut) == "12345" + limit_notice(6));
    CHECK(valid_utf8(all(cut)) == cut.size());
}

TEST_CASE("a secret at the limit is never cut in two [AC-T05]")
{
    for (std::uint64_t limit = 1; limit < 40; ++limit) {
        Trace trace(plain(limit));
        trace.add_secret("s3cret-value");
        trace.write(Source::job_out, "0123456789 s3cret-");
        trace.write(Source::job_out, "value and what follows it");
        trace.close();
        CHECK(all(trace).find("s3c") == std::string::npos);
    }
}

TEST_CASE("a secret that a killed process left unfinished is masked when its stage ends [AC-T05]")
{
    Trace trace(plain());
    trace.add_secret("s3cret-value");
    trace.write(Source::job_out, "dying: s3cret-val");
    trace.end_stage();
    CHECK(all(trace) == "dying: [MASKED]");
}

TEST_CASE("streams are masked apart, and interleaving them breaks no value within one of them [AC-T04]")
{
    Trace trace(plain());
    trace.add_secret("s3cret-value");
    trace.write(Source::job_out, "out s3cret-");
    trace.write(Source::job_err, "err\n");
    trace.runner_line(Style::none, "runner s3cret-value"); // [AC-T13]
    trace.write(Source::job_out, "value\n");
    CHECK(all(trace) == "out err\nrunner [MASKED]\n[MASKED]\n");
}

TEST_CASE("with timestamps a section looks as GitLab's viewer expects it [JOB-093] [JOB-215]")
{
    TraceOptions options = plain();
    options.timestamps = true;
    Trace stamped(options);
    const std::string head = "2026-01-31T09:08:07.000000Z 00O";
    stamped.section_start("step_script", "Executing");
    stamped.write(Source::job_out, "out\n");
    stamped.write(Source::job_err, "err\n");
    stamped.section_end("step_script");
    stamped.verdict_line(Style::info, "Job succeeded");
    CHECK(all(stamped) == head + " section_start:1769850487:step_script\r\x1b[0K\n" + head +
                              "+\x1b[0K\x1b[36;1mExecuting\x1b[0;m\x1b[0;m\n"
                              "2026-01-31T09:08:07.000000Z 01O out\n2026-01-31T09:08:07.000000Z 01E err\n" +
                              head + " section_end:1769850487:step_script\r\x1b[0K\n" + head +
                              " \x1b[32;1mJob succeeded\x1b[0;m\n");
    Trace bare(plain());
    bare.section_end("a");
    bare.section_start("b", "B");
    CHECK(all(bare) == "section_end:1769850487:a\r\x1b[0Ksection_start:1769850487:b\r\x1b[0K"
                       "\x1b[0K\x1b[36;1mB\x1b[0;m\x1b[0;m\n");
}

TEST_CASE("a marker is complete at once, whatever secrets begin like its last bytes")
{
    TraceOptions options = plain();
    options.timestamps = true;
    Trace trace(options);
    trace.add_secret("K8S-token-value");
    trace.add_secret("0Kish-secret");
    trace.section_end("a");
    trace.section_end("b");
    const std::string head = "2026-01-31T09:08:07.000000Z 00O";
    CHECK(all(trace) == head + " section_end:1769850487:a\r\x1b[0K\n" + head + "+section_end:1769850487:b\r\x1b[0K\n");
}

TEST_CASE("without trace_sections there are titles and no markers [TRC-34] [JOB-216]")
{
    TraceOptions options = plain();
    options.sections = false;
    Trace trace(options);
    trace.section_start("step_script", "Executing");
    trace.section_end("step_script");
    CHECK(all(trace) == "\x1b[0K\x1b[36;1mExecuting\x1b[0;m\x1b[0;m\n");
}

TEST_CASE("the trace can be read again from any offset, from memory and from disk [TRC-06] [TRC-07]")
{
    Trace trace(plain(8u << 20));
    std::string expected;
    for (int i = 0; i < 40000; ++i) {
        const auto line = "line " + std::to_string(i) + "\n";
        trace.write(Source::job_out, line);
        expected += line;
    }
    const std::string big(300000, 'b');
    trace.write(Source::job_out, big);
    trace.write(Source::job_out, "end\n");
    expected += big + "end\n";
    REQUIRE(trace.size() == expected.size());
    CHECK(all(trace) == expected);
    for (std::uint64_t from = 0; from < expected.size(); from += 65521)
        CHECK(trace.read(from, 70000) == expected.substr(from, 70000));
    CHECK(trace.read(expected.size(), 10).empty());
    CHECK(trace.checksum() == sum(expected));
}

TEST_CASE("the spool's file has no name and no secret, and a folder that takes none costs memory only [INV-13]")
{
    const auto folder = std::filesystem::temp_directory_path() / ("spool-" + std::to_string(::getpid()));
    std::filesystem::create_directory(folder);
    {
        Spool spool(folder);
        spool.append(std::string(200000, 'x'));
        CHECK(spool.uses_disk());
        CHECK(std::filesystem::is_empty(folder));
        Spool nowhere(folder / "missing");
        nowhere.append(std::string(100000, 'x'));
        nowhere.append(std::string(100000, 'y'));
        CHECK_FALSE(nowhere.uses_disk());
        CHECK(nowhere.read(99999, 2) == "xy");
    }
    std::filesystem::remove_all(folder);
}

TEST_CASE("a disk that fills up loses no byte of the trace [AC-L04]")
{
    struct rlimit before {};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    std::signal(SIGXFSZ, SIG_IGN);
    struct rlimit small {
        100000, before.rlim_max
    };
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    std::string expected;
    Spool spool("/tmp");
    for (int i = 0; i < 8; ++i) {
        const std::string piece(30000, static_cast<char>('a' + i));
        spool.append(piece);
        expected += piece;
    }
    spool.append(std::string(90000, 'z'));
    expected += std::string(90000, 'z');
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
    CHECK(spool.size() == expected.size());
    CHECK(spool.read(0, expected.size()) == expected);
    CHECK(spool.read(60000, 100000) == expected.substr(60000, 100000));
}

TEST_CASE("the listener hears of growth, and not of bytes that are held back or dropped")
{
    Trace trace(plain(40));
    int grown = 0;
    trace.on_growth([&] { ++grown; });
    trace.add_secret("s3cret-value");
    trace.write(Source::job_out, "s3cret-v");
    CHECK(grown == 0);
    trace.write(Source::job_out, "alue\n");
    CHECK(grown == 1);
    trace.write(Source::job_out, std::string(100, 'x'));
    trace.write(Source::job_out, std::string(100, 'x'));
    CHECK(grown == 2);
}

TEST_CASE("two hundred megabytes past the limit cost nothing [JOB-108]")
{
    Trace trace(plain(1u << 20));
    for (int i = 0; i < 200; ++i) trace.add_secret("secret-number-" + std::to_string(i * 7919));
    const std::string block(1u << 20, 'y');
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 200; ++i) trace.write(Source::job_out, block);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(2));
    CHECK(trace.size() < (1u << 20) + 1000);
}

} // namespace ysnp::trace
