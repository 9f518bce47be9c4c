#pragma once
#include <istream>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

namespace ysnp::cli {

/// Where a command prints what it was asked for, and where a person answers. The log goes elsewhere (host::log).
class Console {
public:
    enum class Person { present, absent };
    Console(std::ostream& out, std::istream& in, Person person) : out_(out), in_(in), person_(person) {}

    /// One line of the command's result, on standard output.
    void line(std::string_view text) { out_ << text << '\n'; }
    void text(std::string_view text) { out_ << text; }
    bool has_person() const { return person_ == Person::present; }
    /// Asks and reads one line, blanks trimmed; an empty answer gives `proposed`. Nothing at the end of the input.
    std::optional<std::string> ask(std::string_view question, std::string_view proposed = {});

private:
    std::ostream& out_;
    std::istream& in_;
    Person person_;
};

} // namespace ysnp::cli
