#include "gitlab-api/decode.h"
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

// Whatever GitLab sends, decoding gives a job or a PayloadError, and what is kept as text never holds the token.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto identity = ysnp::gitlab::dig_identity(text);
    try {
        const auto job = ysnp::gitlab::decode(text);
        if (job.id <= 0 || job.token.empty() || job.git_info.sha.size() < 40) std::abort();
        if (job.token.reveal().size() >= 16 &&
            job.raw.find("\"" + std::string(job.token.reveal()) + "\"") != std::string::npos)
            std::abort();
        if (identity && identity->id != job.id) std::abort();
    } catch (const ysnp::gitlab::PayloadError& error) {
        if (error.message().empty()) std::abort();
    }
    return 0;
}
