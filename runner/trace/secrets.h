#pragma once
#include "net/secret.h"
#include "runner/trace/automaton.h"
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace ysnp::trace {

/// The values that one job's trace must not show: trimmed of white space, each once, several lines as one phrase.
class Secrets {
public:
    enum class Added {
        added,
        known, ///< there already
        empty, ///< nothing left after trimming: ignored
    };
    /// Which spellings of a value are masked with it.
    enum class Forms {
        exact,
        encoded, ///< base64 at each alignment, URL, hex, JSON and shell escapes, and each long line of a long value too
    };
    static constexpr std::size_t longest_total = 4u << 20;
    static constexpr std::size_t short_value = 8; ///< a value of fewer bytes masks innocent text too: worth a warning

    /// Throws system_error (Failure::too_large) when all values together exceed `longest_total` bytes.
    Added add(std::string_view value, Forms forms = Forms::exact);
    std::size_t size() const noexcept { return values_.size(); }
    /// Compiled at the first use after an addition. Shared, as a stream in the middle of a value keeps the one it began
    /// with until its next write.
    std::shared_ptr<const Automaton> automaton() const;

private:
    bool insert(std::string_view value);

    std::vector<Secret> values_; // sorted
    std::size_t total_ = 0;
    mutable std::shared_ptr<const Automaton> automaton_;
};

} // namespace ysnp::trace
