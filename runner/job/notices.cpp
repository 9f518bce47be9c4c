#include "runner/job/notices.h"
#include "runner/host/log.h"
#include <exception>

namespace ysnp::job {

void Notices::tell(const audit::Record& record, const audit::Position& position) noexcept
{
    for (const Listener& listener : listeners_) {
        try {
            listener(record, position);
        } catch (const std::exception& error) {
            host::warn("A notice of record " + std::to_string(position.seq) + " was not sent: " + error.what());
        }
    }
}

void log_notice(const audit::Record& record, const audit::Position& position)
{
    if (record.kind == "decision") return; // the job's own lines say it
    const bool alarm = record.kind == "alarm";
    host::log(alarm ? conf::LogLevel::error : conf::LogLevel::info,
              "Audit record " + std::to_string(position.seq) + ": " + record.kind,
              {{"job", record.job_id == 0 ? "" : std::to_string(record.job_id)}, {"project", record.project}});
}

} // namespace ysnp::job
