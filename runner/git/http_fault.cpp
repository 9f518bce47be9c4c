#include "runner/git/http_fault.h"
#include "net/failure.h"
#include <charconv>

namespace ysnp::git {
namespace {

constexpr std::size_t packet_head = 4; // the packet's length in hexadecimal
constexpr std::string_view refusal = "ERR ";

} // namespace

std::size_t refusal_length(std::string_view reply)
{
    if (reply.size() < packet_head || reply.substr(packet_head, refusal.size()) != refusal) return 0;
    std::size_t length = 0;
    const char* const head_end = reply.data() + packet_head;
    const auto [end, error] = std::from_chars(reply.data(), head_end, length, 16);
    const bool whole = error == std::errc() && end == head_end && length >= packet_head + refusal.size();
    return whole ? length : 0;
}

SourceFault fault_of_refusal(std::string_view packet, const std::string& url)
{
    std::string_view text = packet.substr(packet_head + refusal.size());
    while (text.ends_with('\n')) text.remove_suffix(1);
    return {SourceError::object, printable(url) + " does not send what the job needs: \"" + printable(text) +
                                     "\". The commit may have been force-pushed away since. Start a new pipeline"};
}

SourceFault fault_of_status(const net::Response& response, const std::string& url)
{
    const std::string where = printable(url) + " (HTTP " + std::to_string(response.status) + ")";
    const unsigned status = response.status;
    if (status == 401 || status == 403)
        return {SourceError::denied, "GitLab refused the job token for " + where +
                                         ": the job's user may not read this project, or the job has ended"};
    if (status == 404 || status == 410)
        return {SourceError::missing,
                "no repository at " + where + ": it was moved or removed, or the job's user may not see it"};
    if (status >= 300 && status < 400)
        return {SourceError::url, "the redirect of " + where +
                                      " is refused: sources come from one origin only. If the "
                                      "project was moved, update clone_url or the project's path"};
    if (status == 413) return {SourceError::limit, where + ": the request is too large for the server"};
    if (status == 408 || status == 429 || status >= 500)
        return {SourceError::network, where + ": the server cannot answer now"};
    return {SourceError::network, where + ": unexpected status, expected 200"};
}

SourceFault fault_of_failure(const std::system_error& error, const std::string& url)
{
    const std::string text = printable(url) + ": " + printable(error.code().message());
    if (error.code() == make_error_code(Error::redirect_refused))
        return {SourceError::url, "a redirect of " + printable(url) + " is refused: sources come from one origin only"};
    if (error.code() == Failure::untrusted)
        return {SourceError::untrusted,
                text + ". If the server has a private CA, set tls-ca-file in the configuration"};
    if (error.code() == Failure::too_large) return {SourceError::limit, text};
    if (error.code() == Failure::invalid) return {SourceError::url, text};
    if (error.code() == Failure::denied) return {SourceError::denied, text};
    return {SourceError::network, text};
}

} // namespace ysnp::git
