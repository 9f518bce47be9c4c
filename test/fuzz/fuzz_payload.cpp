#include "gitlab-api/decode.h"
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

// Whatever GitLab sends, decoding gives a job or a PayloadError.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto identity = ysnp::gitlab::dig_identity(text);
    try {
        const auto job = ysnp::gitlab::decode(text);
        if (job.id <= 0 || job.token.empty() || job.git_info.sha.size() < 40) std::abort();
        if (identity && identity->id != job.id) std::abort();
    } catch (const ysnp::gitlab::PayloadError& error) {
        if (error.message().empty()) std::abort();
    }
    return 0;
}
