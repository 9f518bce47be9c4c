#pragma once
#include "checks/decide.h"
#include "checks/report.h"
#include "gitlab-api/payload.h"
#include "runner/audit/log.h"
#include "runner/job/run.h"
#include "runner/job/station.h"
#include "runner/trace/trace.h"
#include <memory>

namespace ysnp::job {

enum class Timestamps { as_flagged, off };

/// A trace for the job that masks everything secret about it before the first byte.
std::unique_ptr<trace::Trace> open_trace(const Station& station, const gitlab::Job& job, const Flags& flags,
                                         Timestamps timestamps = Timestamps::as_flagged);

/// Masks a secret value, and each longer line of one that has several.
void hide(trace::Trace& trace, std::string_view value);
/// Masks a token, and its usual encodings (base64, URL, hex) too.
void hide_token(trace::Trace& trace, const Secret& token);

/// "Running with ysnprunner …", who runs it, and the feature flags that differ from their defaults.
void print_header(trace::Trace& trace, const Station& station, const Flags& flags);

/// The gate's box: what was decided, why, and what to do.
void print_decision(trace::Trace& trace, const gitlab::Job& job, const checks::Decision& decision,
                    const audit::Position& record, checks::Charset charset = checks::Charset::utf8);

} // namespace ysnp::job
