#include "gitlab-api/payload_error.h"
#include "net/failure.h"
#include <algorithm>

namespace ysnp::gitlab {
namespace {

// A path holds keys that GitLab sent: they are shown, so nothing that steers a terminal may stay in them.
std::string printable(std::string text)
{
    std::ranges::replace_if(
        text, [](unsigned char c) { return c < 0x20 || c >= 0x7f; }, '?');
    if (text.size() > 200) text = text.substr(0, 200) + "…";
    return text;
}

Error error_of(PayloadRefusal refusal)
{
    return refusal == PayloadRefusal::limit ? Error::body_too_large : Error::malformed_reply;
}

} // namespace

const char* to_code(PayloadRefusal refusal) noexcept
{
    switch (refusal) {
    case PayloadRefusal::limit:
        return "PAY-LIMIT";
    case PayloadRefusal::step:
        return "PAY-STEP";
    case PayloadRefusal::encoding:
        return "SCR-ENC";
    case PayloadRefusal::json:
        break;
    }
    return "PAY-JSON";
}

PayloadError::PayloadError(PayloadRefusal refusal, std::string path, std::string expected, std::string found)
    : std::system_error(make_error_code(error_of(refusal)), "job payload"), refusal_(refusal),
      path_(printable(std::move(path))), expected_(std::move(expected)), found_(std::move(found))
{
    message_ = (path_.empty() ? "the payload" : path_) + ": expected " + expected_ + ", found " + found_;
}

} // namespace ysnp::gitlab
