#pragma once
#include "gitlab-api/payload_error.h"
#include "runner/job/station.h"
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string_view>

namespace ysnp::job {

/// A payload that cannot be trusted: on record first, then failed at GitLab if id and token can be dug out of it.
/// Nothing of it runs. `body` must outlive the call.
boost::asio::awaitable<void> refuse_payload(std::shared_ptr<Station> station, std::string_view body,
                                            gitlab::PayloadError why);

} // namespace ysnp::job
