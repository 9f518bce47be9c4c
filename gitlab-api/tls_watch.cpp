#include "gitlab-api/tls_watch.h"

namespace ysnp::gitlab {

TlsWatch::TlsWatch(net::TlsOptions options) : options_(std::move(options)), seen_(look()) {}

bool TlsWatch::changed()
{
    const auto now = look();
    if (now == seen_) return false;
    seen_ = now;
    return true;
}

TlsWatch::Times TlsWatch::look() const
{
    Times times;
    const std::array files = {&options_.ca_file, &options_.cert_file, &options_.key_file};
    for (std::size_t i = 0; i < files.size(); ++i) {
        std::error_code error;
        if (files[i]->empty()) continue;
        const auto time = std::filesystem::last_write_time(*files[i], error);
        if (!error) times[i] = time;
    }
    return times;
}

} // namespace ysnp::gitlab
