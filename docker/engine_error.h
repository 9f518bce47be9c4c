#pragma once
#include <string>
#include <string_view>
#include <system_error>

namespace ysnp::docker {

/// Who has to act, in the words of GitLab's `failure_reason`.
enum class FailureReason {
    configuration, ///< runner_configuration_error: job or config ask for what cannot be
    external,      ///< runner_external_dependency_failure: a registry or the way to it
    image_pull,    ///< image_pull_failure
    system,        ///< runner_system_failure: Engine or host
};
std::string_view to_string(FailureReason reason) noexcept;

/// The calls whose answers need reading in their own way: one status means different things for different calls.
enum class Call { other, create, start, pull };

/// Maps a refusal to who has to act. `status` 0 is a failure without an answer. Pure.
FailureReason classify(Call call, unsigned status, std::string_view message);
/// Classifies the text of a failed pull, wherever it came from: status, stream or transport.
FailureReason classify_pull(std::string_view message);

/// What the Engine refused or could not do: the call that was made, its status (0 when no answer came) and the
/// daemon's own words, bounded and without control bytes. code() maps to the Failure conditions of net.
class EngineError : public std::system_error {
public:
    EngineError(std::error_code code, std::string call, unsigned status, std::string message, FailureReason reason);

    const std::string& call() const noexcept { return call_; }
    unsigned status() const noexcept { return status_; }
    const std::string& message() const noexcept { return message_; }
    FailureReason reason() const noexcept { return reason_; }
    /// Call, words and status; not the code's own words as well, which say less.
    const char* what() const noexcept override { return sentence_.c_str(); }

private:
    std::string call_;
    unsigned status_;
    std::string message_;
    std::string sentence_;
    FailureReason reason_;
};

/// A mistake in what was asked for: Failure::invalid, FailureReason::configuration.
EngineError configuration_error(std::string what, std::string message);
/// The Engine or a registry broke the rules: Failure::protocol, FailureReason::system.
EngineError protocol_error(std::string call, std::string message);

} // namespace ysnp::docker
