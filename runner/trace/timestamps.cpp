#include "runner/trace/timestamps.h"
#include "runner/trace/utf8.h"
#include <algorithm>
#include <array>
#include <cstdio>

namespace ysnp::trace {

namespace {

constexpr std::size_t largest_piece = 32u << 10;

std::string entry_header(std::chrono::system_clock::time_point now, StreamId stream)
{
    using namespace std::chrono;
    const auto day = floor<days>(now);
    const year_month_day date(day);
    const hh_mm_ss time(floor<microseconds>(now - day));
    std::array<char, 64> text{};
    const int size = std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ %02x%c ",
                                   static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                                   static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                                   static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
                                   static_cast<int>(time.subseconds().count()), stream.number, stream.type);
    return {text.data(), static_cast<std::size_t>(size)};
}

} // namespace

Timestamps::Timestamps(StreamId stream, WallClock clock, Stage& next)
    : stream_(stream), clock_(std::move(clock)), next_(next)
{
}

/// One look at the clock for each write.
const std::string& Timestamps::header()
{
    if (header_.empty()) header_ = entry_header(clock_(), stream_);
    return header_;
}

void Timestamps::put(std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto newline = bytes.find('\n');
        if (newline != std::string_view::npos && line_.size() + newline <= longest_entry) {
            entry(bytes.substr(0, newline + 1), End::newline);
            bytes.remove_prefix(newline + 1);
            continue;
        }
        const auto part = bytes.substr(0, utf8_boundary(bytes, std::min(newline, longest_entry + 4 - line_.size())));
        hold(part);
        bytes.remove_prefix(part.size());
        if (line_.size() > longest_entry) entry({}, End::none);
    }
}

void Timestamps::hold(std::string_view bytes)
{
    if (line_.empty()) held_header_ = header();
    line_ += bytes;
    carriage_return_ = carriage_return_ || bytes.find('\r') != std::string_view::npos;
}

/// Completes the held line and the rest of it as one entry.
void Timestamps::entry(std::string_view rest, End end)
{
    std::string& head = line_.empty() ? (header(), header_) : held_header_;
    head.back() = continues_ ? '+' : ' ';
    entries_ += head;
    entries_ += line_;
    entries_ += rest;
    if (end == End::none) entries_ += '\n';
    line_.clear();
    carriage_return_ = false;
    continues_ = end == End::none;
    if (entries_.size() >= largest_piece) hand_on();
}

/// Many short entries go on as one piece: what follows costs little per byte and much per piece.
void Timestamps::hand_on()
{
    if (!entries_.empty()) next_.put(entries_);
    entries_.clear();
}

void Timestamps::end_write()
{
    if (carriage_return_) entry({}, End::none);
    hand_on();
    header_.clear();
    next_.end_write();
}

/// A line may go on: only what end_write() ends is an entry.
void Timestamps::settle() { next_.settle(); }

void Timestamps::close()
{
    if (!line_.empty()) entry({}, End::none);
    hand_on();
    header_.clear();
    continues_ = false;
    next_.close();
}

} // namespace ysnp::trace
