#pragma once
#include "net/http.h"
#include <array>
#include <filesystem>
#include <optional>

namespace ysnp::gitlab {

/// Notices that the CA or client certificate files changed since they were loaded, so that a rotated certificate counts
/// from the next call on.
class TlsWatch {
public:
    explicit TlsWatch(net::TlsOptions options);
    /// Whether a file's time or presence differs from the last answer.
    bool changed();

private:
    using Times = std::array<std::optional<std::filesystem::file_time_type>, 3>;
    Times look() const;

    net::TlsOptions options_;
    Times seen_;
};

} // namespace ysnp::gitlab
