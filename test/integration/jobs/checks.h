#pragma once
#include "test/integration/world.h"
#include <catch2/catch_test_macros.hpp>
#include <string>

namespace ysnp::test {

/// What a person reads holds the text.
inline bool has(const FakeJob& job, const std::string& text)
{
    return plain(job.trace).find(text) != std::string::npos;
}
/// The bytes of the log hold the text.
inline bool has_bytes(const FakeJob& job, const std::string& text) { return job.trace.find(text) != std::string::npos; }
/// So many times.
inline int count(const std::string& text, const std::string& part)
{
    int found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++found;
    return found;
}
/// `a` comes before `b`, and both are there.
inline bool in_order(const FakeJob& job, const std::string& a, const std::string& b)
{
    const std::string text = plain(job.trace);
    const std::size_t first = text.find(a);
    return first != std::string::npos && text.find(b, first + a.size()) != std::string::npos;
}

/// The filter that finds what belongs to this world's runner. Other tests may run beside this one, with the same job
/// ids.
std::string filter_of(World& world);
/// What the Engine still holds of this world's runner: containers, volumes and networks, one line each.
std::vector<std::string> remains_of(World& world);

/// BusyBox, and bash and git of this machine with their libraries; root-bash is bash with the setuid bit. Made once.
inline constexpr const char* bash_and_git = "ysnp-test/bash-git:1";
void make_bash_and_git();

} // namespace ysnp::test
