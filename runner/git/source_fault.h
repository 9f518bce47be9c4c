#pragma once
#include "runner/git/result.h"
#include <stdexcept>
#include <string>
#include <string_view>

namespace ysnp::git {

/// What ends the worker's job: becomes the SourceResult. `exit_code` is what git itself would have ended with.
class SourceFault : public std::runtime_error {
public:
    SourceFault(SourceError error, const std::string& message, int exit_code = 128);
    SourceError error() const noexcept { return error_; }
    int exit_code() const noexcept { return exit_code_; }

private:
    SourceError error_;
    int exit_code_;
};

/// The host's cache is damaged: it is thrown away and fetched anew, once.
class CorruptCache : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Text from outside, fit for a trace: control bytes and what is not UTF-8 as \xNN, at most `longest` bytes of it.
std::string printable(std::string_view text, std::size_t longest = 300);

} // namespace ysnp::git
