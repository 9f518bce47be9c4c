#pragma once
#include "runner/audit/log.h"
#include <functional>
#include <vector>

namespace ysnp::job {

/// Tells whoever listens of what people may want to hear: a refusal, a request for approval, its answer, an alarm; each
/// once its record is durable in the audit chain. Where messengers plug in.
class Notices {
public:
    /// Called on the loop's thread; must neither block nor wait: who sends a message keeps a copy and sends it from a
    /// task of its own. `record.kind` says what it is, `record.body` is JSON.
    using Listener = std::function<void(const audit::Record& record, const audit::Position& position)>;

    void add(Listener listener) { listeners_.push_back(std::move(listener)); }
    /// What a listener throws is said in the log, and changes nothing: a decision never depends on a message.
    void tell(const audit::Record& record, const audit::Position& position) noexcept;

private:
    std::vector<Listener> listeners_;
};

/// Says requests, answers and alarms in the service's own log, with the number of the record.
void log_notice(const audit::Record& record, const audit::Position& position);

} // namespace ysnp::job
