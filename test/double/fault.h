#pragma once
#include "net/http.h"
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ysnp::test {

/// What a fake does to requests instead of, or besides, serving them.
struct Fault {
    std::string method;                 // empty: any
    std::string path = "*";             // the target without its query; '*' stands for any run of characters
    int skip = 0;                       // lets so many matching requests pass first
    int times = 1;                      // -1: for ever
    std::chrono::milliseconds delay{0}; // before anything else

    enum class Cut {
        none,
        before_request, // closes without having looked at the request
        after_request,  // serves the request, then closes without an answer: it was done, nobody knows
        inside_reply,   // serves the request and sends half of the reply
    };
    Cut cut = Cut::none;

    std::optional<unsigned> status;   // answered instead of serving the request, with `headers` and `body`
    std::vector<net::Header> headers; // without `status`: these replace those of the real reply
    std::string body;
    bool replace_body = false;            // without `status`: `body` replaces the real reply's
    std::string raw;                      // these bytes instead of any reply, then the connection is closed
    std::chrono::milliseconds trickle{0}; // set: `raw` comes byte by byte with this pause after each
    std::uint64_t huge_body = 0;          // a 200 with so many zero bytes instead of the reply
};

/// Whether `pattern`, with '*' for any run of characters, matches the whole of `text`.
bool glob_matches(std::string_view pattern, std::string_view text);

/// The faults that are set, in order: the first that matches a request is used up by one.
class Faults {
public:
    void add(Fault fault) { faults_.push_back(std::move(fault)); }
    void clear() { faults_.clear(); }
    std::optional<Fault> take(std::string_view method, std::string_view path);

private:
    std::vector<Fault> faults_;
};

} // namespace ysnp::test
