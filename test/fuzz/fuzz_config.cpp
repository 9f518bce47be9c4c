#include "conf/load.h"
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace ysnp;

namespace {

/// An environment with one variable, so that $VAR is reached, and a fixed day.
conf::Environment environment()
{
    const auto variable = [](const std::string& name) -> std::optional<std::string> {
        return name == "TOKEN" ? std::optional<std::string>("glrt-aaaaaaaaaaaaaaaaaaaa") : std::nullopt;
    };
    return {variable, std::chrono::sys_days(std::chrono::year(2026) / 11 / 30)};
}

} // namespace

/// Whatever the bytes are: a configuration, or findings that name the file; never both nothing, and a second reading
/// says the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    static const conf::Environment around = environment();
    const conf::Loaded first = conf::load_text(text, "config.yml", around);
    if (!first.config && first.problems.empty()) std::abort();
    if (first.config && first.config->gate.learns(around.now + std::chrono::days(91))) std::abort();
    const conf::Loaded second = conf::load_text(text, "config.yml", around);
    if (conf::to_string(first.problems) != conf::to_string(second.problems)) std::abort();
    return 0;
}
