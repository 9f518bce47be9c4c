#include "runner/trace/trace.h"
#include <chrono>
#include <cstdio>
#include <ctime>
#include <random>
#include <string>

/// How fast one core carries output through the trace: masking, repair, framing, checksum, spool. Prints GB/s of input.
namespace {

using namespace ysnp::trace;

constexpr std::size_t total = 200u << 20;
constexpr std::size_t frame = 64u << 10; // what one read of the container's output brings

std::string word(std::mt19937& random, std::size_t size)
{
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    std::string result;
    while (result.size() < size) result += letters[random() % letters.size()];
    return result;
}

std::string compiler_log(std::mt19937& random)
{
    std::string text;
    while (text.size() < frame * 16) {
        text +=
            "[" + std::to_string(random() % 900) + "/900] Building CXX object src/" + word(random, 6 + random() % 20);
        text += ".cpp.o: warning: unused variable in /builds/group/project/src/include, see https://example.com/docs\n";
    }
    text.resize(frame * 16);
    return text;
}

std::string random_words(std::mt19937& random)
{
    std::string text;
    while (text.size() < frame * 16) text += word(random, 4 + random() % 60) + "\n";
    text.resize(frame * 16);
    return text;
}

double cpu_seconds()
{
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

void measure(const char* name, const std::string& text, std::size_t secrets, bool timestamps, std::uint64_t limit)
{
    std::mt19937 random(11);
    TraceOptions options;
    options.timestamps = timestamps;
    options.output_limit = limit;
    Trace trace(options);
    for (std::size_t i = 0; i < secrets; ++i) trace.add_secret(word(random, 8 + i % 40));
    const double begin = cpu_seconds();
    for (std::size_t done = 0; done < total; done += frame)
        trace.write(Source::job_out, std::string_view(text).substr(done % text.size(), frame));
    trace.close();
    const double spent = cpu_seconds() - begin;
    std::printf("%-14s %3zu values  timestamps %-3s  limit %4llu MiB  %6.3f s  %6.2f GB/s\n", name, secrets,
                timestamps ? "on" : "off", static_cast<unsigned long long>(limit >> 20), spent,
                static_cast<double>(total) / spent / 1e9);
}

} // namespace

int main()
{
    std::mt19937 random(5);
    const std::string log = compiler_log(random), words = random_words(random);
    for (const std::uint64_t limit : {std::uint64_t{4} << 20, std::uint64_t{1} << 30})
        for (const bool timestamps : {false, true})
            for (const std::size_t secrets : {std::size_t{0}, std::size_t{200}}) {
                measure("compiler log", log, secrets, timestamps, limit);
                measure("random words", words, secrets, timestamps, limit);
            }
}
