#include "runner/trace/secrets.h"
#include "net/failure.h"
#include "runner/trace/encodings.h"
#include <algorithm>
#include <system_error>

namespace ysnp::trace {

namespace {

std::string_view trimmed(std::string_view value) noexcept
{
    constexpr std::string_view white = " \t\n\v\f\r";
    const auto begin = value.find_first_not_of(white);
    if (begin == std::string_view::npos) return {};
    return value.substr(begin, value.find_last_not_of(white) - begin + 1);
}

} // namespace

Secrets::Added Secrets::add(std::string_view value, Forms forms)
{
    value = trimmed(value);
    if (value.empty()) return Added::empty;
    const bool is_new = insert(value);
    if (forms == Forms::encoded) {
        for (auto& form : encoded_forms(value)) {
            insert(form);
            wipe(form);
        }
    }
    return is_new ? Added::added : Added::known;
}

bool Secrets::insert(std::string_view value)
{
    const auto at = std::lower_bound(values_.begin(), values_.end(), value,
                                     [](const Secret& known, std::string_view v) { return known.reveal() < v; });
    if (at != values_.end() && at->reveal() == value) return false;
    if (value.size() > longest_total - total_)
        throw std::system_error(make_error_code(Error::body_too_large), "masked values exceed 4 MiB in total");
    values_.insert(at, Secret(value));
    total_ += value.size();
    automaton_.reset();
    return true;
}

std::shared_ptr<const Automaton> Secrets::automaton() const
{
    if (!automaton_) {
        std::vector<std::string_view> phrases;
        phrases.reserve(values_.size());
        for (const auto& value : values_) phrases.push_back(value.reveal());
        automaton_ = std::make_shared<const Automaton>(phrases);
    }
    return automaton_;
}

} // namespace ysnp::trace
