#pragma once
#include "runner/policy/finding.h"
#include "vault/client.h"
#include <string>
#include <vector>

namespace ysnp::policy {

/// The examination of one login: questions about its rights, and what was found. All throw vault::Fault.
class Examination {
public:
    Examination(vault::Client& client, std::string subject, Deadline until)
        : client_(client), subject_(std::move(subject)), until_(until)
    {
    }

    void say(Finding::Level level, std::string found, std::string fix = {})
    {
        findings_.push_back({level, subject_, std::move(found), std::move(fix)});
    }
    /// Fails, or warns, where a right is missing.
    boost::asio::awaitable<void> needs(std::string path, std::vector<std::string> rights, std::string what,
                                       Finding::Level otherwise);
    boost::asio::awaitable<void> needs_api(std::string path, std::string right, std::string what,
                                           Finding::Level otherwise);
    /// One finding for all: none of them may be changed.
    boost::asio::awaitable<void> changes_none(std::vector<std::string> paths, std::string what,
                                              Finding::Level otherwise);
    boost::asio::awaitable<void> reads_none(std::vector<std::string> paths, std::string what, Finding::Level otherwise);
    boost::asio::awaitable<vault::Identity> who();

    vault::Client& client() { return client_; }
    Deadline until() const { return until_; }
    Findings take() { return std::move(findings_); }

private:
    void compare(const std::string& place, const std::vector<std::string>& have, const std::vector<std::string>& wanted,
                 const std::string& what, Finding::Level otherwise);

    vault::Client& client_;
    std::string subject_;
    Deadline until_;
    Findings findings_;
};

} // namespace ysnp::policy
