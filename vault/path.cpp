#include "vault/path.h"
#include "net/failure.h"
#include "net/url.h"
#include "vault/fault.h"
#include <algorithm>

namespace ysnp::vault {
namespace {

constexpr std::size_t most_path_bytes = 1024;

bool is_segment(std::string_view text) noexcept
{
    if (text.empty() || text == "." || text == ".." || text.front() == ' ' || text.back() == ' ') return false;
    return std::none_of(text.begin(), text.end(), [](unsigned char c) {
        return c < 0x20 || c == 0x7f || c == '%' || c == '?' || c == '#' || c == '\\';
    });
}

} // namespace

bool is_path(std::string_view path) noexcept
{
    if (path.size() > most_path_bytes) return false;
    for (;;) {
        const auto slash = path.find('/');
        if (!is_segment(path.substr(0, slash))) return false;
        if (slash == std::string_view::npos) return true;
        path.remove_prefix(slash + 1);
    }
}

std::string encoded(std::string_view path)
{
    if (!is_path(path))
        throw Fault(make_error_code(Error::invalid_value), "asking Vault", "a path that is none",
                    "segments between single slashes", "correct the path");
    std::string result;
    for (;;) {
        const auto slash = path.find('/');
        result += net::percent_encode(path.substr(0, slash));
        if (slash == std::string_view::npos) return result;
        result += '/';
        path.remove_prefix(slash + 1);
    }
}

std::string trimmed(std::string_view path)
{
    while (path.starts_with('/')) path.remove_prefix(1);
    while (path.ends_with('/')) path.remove_suffix(1);
    return std::string(path);
}

} // namespace ysnp::vault
