#pragma once
#include <string>
#include <string_view>

namespace ysnp::trace {

/// What a job printed, for a person's own terminal: text, line ends, tabs and colours stay; a carriage return becomes a
/// line end, so that nothing printed is painted over; whatever else a terminal would obey (titles, links, cursor
/// moves, device strings) is shown as an escape. A sequence may be split over calls. Bytes that begin no code point
/// pass: the trace has repaired its UTF-8.
class TerminalText {
public:
    std::string operator()(std::string_view bytes);
    /// What was held back at the end.
    std::string finish();

private:
    void put(char byte, std::string& out);
    void put_plain(char byte, std::string& out);
    bool held(char byte, std::string& out);

    std::string held_; // the beginning of an escape sequence, of a line end, or of a code point
};

} // namespace ysnp::trace
