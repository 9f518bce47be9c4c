#pragma once
#include <string>
#include <system_error>

namespace ysnp::gitlab {

/// Why a payload was refused, in the codes of the refusals' catalogue.
enum class PayloadRefusal {
    json,     ///< PAY-JSON: not JSON, a duplicate key, a wrong type, a value out of range
    limit,    ///< PAY-LIMIT: a bound on bytes, count or depth was exceeded
    step,     ///< PAY-STEP: an unknown, nameless or repeated step or hook
    encoding, ///< SCR-ENC: NUL or invalid UTF-8 in a text
};
const char* to_code(PayloadRefusal refusal) noexcept;

/// A payload that is not what GitLab documents. Maps to Failure::protocol, for `limit` to Failure::too_large.
class PayloadError : public std::system_error {
public:
    PayloadError(PayloadRefusal refusal, std::string path, std::string expected, std::string found);

    PayloadRefusal refusal() const noexcept { return refusal_; }
    const std::string& path() const noexcept { return path_; }         ///< "steps[0].script[2]"; empty: the whole
    const std::string& expected() const noexcept { return expected_; } ///< "a string"
    const std::string& found() const noexcept { return found_; }       ///< "a number"; never a value that GitLab sent
    /// `steps[0].script[2]: expected a string, found a number`
    const std::string& message() const noexcept { return message_; }

private:
    PayloadRefusal refusal_;
    std::string path_, expected_, found_, message_;
};

} // namespace ysnp::gitlab
