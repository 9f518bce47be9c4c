#pragma once
#include "runner/trace/crc32.h"
#include "runner/trace/lines.h"
#include "runner/trace/secrets.h"
#include "runner/trace/spool.h"
#include "runner/trace/stage.h"
#include "runner/trace/timestamps.h"
#include "runner/trace/token_mask.h"
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::trace {

/// Where bytes of a trace come from; each has its own masking, so that streams cannot cut each other's values.
enum class Source {
    runner,  ///< our own lines (00O)
    job_out, ///< the container's standard output (01O)
    job_err, ///< the container's standard error (01E)
    service, ///< services' logs (0fO)
};

struct TraceOptions {
    std::uint64_t output_limit = 4u << 20;                             // bytes
    bool timestamps = true;                                            // FF_TIMESTAMPS
    bool sections = true;                                              // features.trace_sections
    std::vector<std::string> token_mask_prefixes{};                    // features.token_mask_prefixes
    TokenShapes::Defaults default_tokens = TokenShapes::Defaults::all; // FF_MASK_ALL_DEFAULT_TOKENS
    std::filesystem::path spool_folder = "/tmp"; // the runtime directory; takes a nameless 0600 file past 64 KiB
    WallClock clock{};                           // the system's where empty
};

/// One job's log, from raw bytes to what GitLab gets: values, URL parameters and token shapes are masked, UTF-8 is
/// repaired, lines get their timestamps, the whole is bounded, summed and kept for (re)sending. What memory and disk
/// hold is masked already. Writing never waits for the network. Past the limit everything is dropped unread, at no
/// cost. One thread; throws only what add_secret() says, and bad_alloc.
class Trace {
public:
    explicit Trace(TraceOptions options);
    ~Trace();
    Trace(const Trace&) = delete;
    Trace& operator=(const Trace&) = delete;

    /// Add what is secret before anything that may hold it is written. See Secrets::add.
    Secrets::Added add_secret(std::string_view value, Secrets::Forms forms = Secrets::Forms::exact);
    /// Bytes as the source gave them, one write each: where it ends can start an entry (progress bars).
    void write(Source source, std::string_view bytes);
    /// One line of our own (or several, where the text has newlines); masked like everything else.
    void runner_line(Style style, std::string_view text);
    /// The section's marker (with features.trace_sections) and its title line.
    void section_start(std::string_view name, std::string_view title);
    void section_end(std::string_view name);
    /// A stage of the job is over: what its two streams held back goes out, the next stage begins with fresh ones.
    void end_stage();
    /// The last line, "Job succeeded" or why it failed: ends all streams first, so that it stands by itself.
    void verdict_line(Style style, std::string_view text);
    /// The log that an earlier run of the program had written, as it was: comes before anything else is written.
    void restore(std::string_view bytes);
    /// Ends all streams; nothing can be written afterwards.
    void close();

    bool closed() const noexcept { return closed_; }
    bool limit_reached() const noexcept { return full_; }
    /// Bytes so far, and their checksum as in GitLab's `output.checksum`.
    std::uint64_t size() const noexcept { return spool_.size(); }
    std::string checksum() const { return crc_.to_string(); }
    std::string read(std::uint64_t offset, std::size_t most) const { return spool_.read(offset, most); }
    /// Called after a write that made the trace grow. One listener, the uploader; empty removes it.
    void on_growth(std::function<void()> listener) { grown_ = std::move(listener); }

private:
    class Store;
    struct Stream;
    Stream& stream(Source source);
    void end(Source source);
    void put(Source source, std::string_view bytes);
    void keep(std::string_view bytes);

    TraceOptions options_;
    Secrets secrets_;
    TokenShapes shapes_;
    Spool spool_;
    Crc32 crc_;
    std::unique_ptr<Store> store_;
    std::map<Source, std::unique_ptr<Stream>> streams_;
    std::function<void()> grown_;
    bool full_ = false, closed_ = false;
};

} // namespace ysnp::trace
