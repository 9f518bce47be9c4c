#include "docker/pull_stream.h"
#include "docker/reply_json.h"

namespace ysnp::docker {

void PullStream::read(std::string_view line)
{
    const auto object = reply::Json::parse(line, nullptr, false);
    if (!object.is_object()) return;
    std::string error = reply::text(reply::member(object, "errorDetail"), "message");
    if (error.empty()) error = reply::text(object, "error");
    if (!error.empty() && error_.empty()) error_ = error.substr(0, 4096);

    PullProgress progress{reply::text(object, "id"), reply::text(object, "status"), 0, 0};
    if (progress.status.starts_with("Digest: sha256:")) result_.digest = progress.status.substr(8);
    if (progress.status.starts_with("Status: ")) result_.complete = true;
    const auto& detail = reply::member(object, "progressDetail");
    progress.current = reply::size(detail, "current");
    progress.total = reply::size(detail, "total");
    if (progress_ && !progress.status.empty()) progress_(progress);
}

} // namespace ysnp::docker
