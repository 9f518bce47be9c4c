#include "runner/trace/trace.h"
#include "runner/trace/limit.h"
#include "runner/trace/masker.h"
#include "runner/trace/url_mask.h"
#include "runner/trace/utf8.h"
#include <utility>

namespace ysnp::trace {

namespace {

StreamId id_of(Source source) noexcept
{
    switch (source) {
    case Source::runner:
        return {0x00, 'O'};
    case Source::job_out:
        return {0x01, 'O'};
    case Source::job_err:
        return {0x01, 'E'};
    case Source::service:
        return {0x0f, 'O'};
    }
    return {};
}

} // namespace

/// Where the streams meet.
class Trace::Store : public Stage {
public:
    explicit Store(Trace& trace) : trace_(trace) {}
    void put(std::string_view bytes) override { trace_.keep(bytes); }
    void end_write() override {}
    void settle() override {}
    void close() override {}

private:
    Trace& trace_;
};

/// The stages of one source, the last first, as each needs the next.
struct Trace::Stream {
    Stream(const Secrets& secrets, const TokenShapes& shapes, std::unique_ptr<Timestamps> stamps, Stage& store)
        : timestamps(std::move(stamps)), repair(timestamps ? *timestamps : store), tokens(shapes, repair), urls(tokens),
          masker(secrets, urls)
    {
    }
    std::unique_ptr<Timestamps> timestamps; // none: FF_TIMESTAMPS is off
    Utf8Repair repair;
    TokenMask tokens;
    UrlMask urls;
    Masker masker;
};

Trace::Trace(TraceOptions options)
    : options_(std::move(options)), shapes_(options_.token_mask_prefixes, options_.default_tokens),
      spool_(options_.spool_folder), store_(std::make_unique<Store>(*this))
{
    if (!options_.clock) options_.clock = [] { return std::chrono::system_clock::now(); };
}

Trace::~Trace() = default;

Secrets::Added Trace::add_secret(std::string_view value, Secrets::Forms forms) { return secrets_.add(value, forms); }

Trace::Stream& Trace::stream(Source source)
{
    auto& stream = streams_[source];
    if (!stream) {
        auto stamps =
            options_.timestamps ? std::make_unique<Timestamps>(id_of(source), options_.clock, *store_) : nullptr;
        stream = std::make_unique<Stream>(secrets_, shapes_, std::move(stamps), *store_);
    }
    return *stream;
}

void Trace::put(Source source, std::string_view bytes)
{
    if (full_ || closed_ || bytes.empty()) return;
    Masker& first = stream(source).masker;
    first.put(bytes);
    if (source == Source::runner) first.settle(); // a marker's last byte must not wait because a secret begins like it
    first.end_write();
}

void Trace::write(Source source, std::string_view bytes)
{
    const auto before = size();
    put(source, bytes);
    if (grown_ && size() != before) grown_();
}

void Trace::runner_line(Style style, std::string_view text) { write(Source::runner, line(style, text)); }

void Trace::section_start(std::string_view name, std::string_view title)
{
    if (options_.sections) write(Source::runner, trace::section_start(options_.clock(), name));
    write(Source::runner, section_title(title));
}

void Trace::section_end(std::string_view name)
{
    if (options_.sections) write(Source::runner, trace::section_end(options_.clock(), name));
}

void Trace::end(Source source)
{
    const auto found = streams_.find(source);
    if (found == streams_.end()) return;
    if (!full_) found->second->masker.close();
    streams_.erase(found);
}

void Trace::end_stage()
{
    const auto before = size();
    end(Source::job_out);
    end(Source::job_err);
    if (grown_ && size() != before) grown_();
}

void Trace::verdict_line(Style style, std::string_view text)
{
    end_stage();
    end(Source::service);
    end(Source::runner);
    runner_line(style, text);
}

void Trace::restore(std::string_view bytes) { keep(bytes); }

void Trace::close()
{
    end_stage();
    end(Source::service);
    end(Source::runner);
    closed_ = true;
}

void Trace::keep(std::string_view bytes)
{
    if (full_) return;
    const auto kept = fitting(bytes, options_.output_limit - size());
    crc_.update(kept);
    spool_.append(kept);
    if (kept.size() == bytes.size()) return;
    full_ = true;
    const auto notice = limit_notice(options_.output_limit);
    crc_.update(notice);
    spool_.append(notice);
}

} // namespace ysnp::trace
