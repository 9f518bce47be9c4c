#include "runner/job/layout.h"
#include <array>
#include <cctype>
#include <openssl/rand.h>
#include <stdexcept>

namespace ysnp::job {
namespace {

std::string host_label(std::string_view text)
{
    std::string label;
    for (const char byte : text) {
        const auto lower = static_cast<char>(std::tolower(static_cast<unsigned char>(byte)));
        if (std::isalnum(static_cast<unsigned char>(lower)) || lower == '-') label += lower;
    }
    return label.substr(0, 63);
}

} // namespace

std::string random_suffix()
{
    std::array<unsigned char, 8> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
        throw std::runtime_error("no random bytes to be had");
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const unsigned char byte : bytes) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

Layout make_layout(std::string_view builds_dir, std::string_view project_path, std::string_view short_token,
                   std::int64_t project_id, std::int64_t job_id, Slot slot)
{
    Layout layout;
    layout.builds_dir = builds_dir;
    layout.hostname = host_label("runner-" + std::string(short_token) + "-project-" + std::to_string(project_id) +
                                 "-concurrent-" + std::to_string(slot.project));
    layout.name = "ysnp-" + std::to_string(job_id) + "-" + random_suffix();
    return with_project_dir(std::move(layout), std::string(builds_dir) + "/" + std::string(project_path));
}

Layout with_project_dir(Layout layout, std::string project_dir)
{
    layout.temp_dir = project_dir + ".tmp";
    layout.project_dir = std::move(project_dir);
    return layout;
}

} // namespace ysnp::job
