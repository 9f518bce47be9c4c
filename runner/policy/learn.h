#pragma once
#include "runner/policy/allow.h"
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::policy {

/// A job that learn mode let through although policy does not list it, as the audit chain tells.
struct Observation {
    std::string project;
    std::string place; ///< conf::Gate::store_place() of the runner that saw the job; empty: not recorded
    Allowance allowance;
    bool unlisted = false;         ///< an entry would have let it pass, or would have taken away one reason not to
    std::vector<std::string> left; ///< what no entry cures: "IMG-REF image: debian:12 (it has no digest)"
    std::uint64_t seq = 0;         ///< of the record
    std::chrono::sys_seconds time{};
};

/// What a line of the audit file says about such a job; nothing for any other record. Throws std::invalid_argument for
/// a line that is no record.
std::optional<Observation> observed(std::string_view line);

/// One document as it is and as it would be.
struct ProposedDocument {
    std::string project, path; ///< the path as people would look it up
    std::optional<std::string> before;
    std::string after;
};

struct Proposal {
    std::vector<ProposedDocument> documents;
    std::vector<std::string> added; ///< "acme/tools/hello: allowed_scripts: build@ysnp2:…"
    std::vector<std::string> notes; ///< what somebody has to decide: "acme/tools/hello build: IMG-REF …"
};

/// Adds to `proposal` the documents that would have allowed what was observed, compared with what the store holds now.
/// All observations are of the place that `store` reads. Writes nothing. Throws StoreFault for a store that cannot be
/// read, and for a document that entries cannot be added to.
boost::asio::awaitable<Proposal> propose(Store& store, std::vector<Observation> observations, Proposal proposal,
                                         Deadline until);

} // namespace ysnp::policy
