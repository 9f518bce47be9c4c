#include "gitlab-api/decode.h"
#include <charconv>
#include <string>

namespace ysnp::gitlab {
namespace {

/// Walks over JSON-like text, however broken, and looks at `"id":` and `"token":` one level deep.
class Digger {
public:
    explicit Digger(std::string_view text) : text_(text) {}

    std::optional<JobIdentity> dig()
    {
        while (at_ < text_.size()) step();
        if (conflict_ || id_ <= 0 || token_.empty()) return std::nullopt;
        JobIdentity found;
        found.id = id_;
        found.token = Secret(token_);
        return found;
    }

private:
    void step()
    {
        switch (text_[at_]) {
        case '{':
        case '[':
            ++depth_;
            break;
        case '}':
        case ']':
            --depth_;
            break;
        case '"':
            string();
            return;
        default:
            break;
        }
        ++at_;
    }

    void string()
    {
        const auto name = quoted();
        if (depth_ != 1 || !name) return;
        skip_blanks();
        if (at_ >= text_.size() || text_[at_] != ':') return;
        ++at_;
        skip_blanks();
        if (*name == "id") number();
        if (*name == "token") token();
    }

    // The text between quotes; nothing when it never ends. Escapes are kept as they are: ids and tokens have none.
    std::optional<std::string_view> quoted()
    {
        const auto begin = ++at_;
        for (; at_ < text_.size(); ++at_) {
            if (text_[at_] == '\\')
                ++at_;
            else if (text_[at_] == '"')
                return text_.substr(begin, at_++ - begin);
        }
        at_ = text_.size();
        return std::nullopt;
    }

    void number()
    {
        std::int64_t value = 0;
        const auto* end = text_.data() + text_.size();
        const auto [stop, error] = std::from_chars(text_.data() + at_, end, value);
        // Digits that run up to a cut may be half of the number.
        const bool whole = error == std::errc{} && stop != end && (*stop == ',' || *stop == '}' || *stop <= ' ');
        if (!whole || (id_ != 0 && id_ != value))
            conflict_ = true;
        else
            id_ = value;
    }

    void token()
    {
        if (at_ >= text_.size() || text_[at_] != '"') return;
        const auto value = quoted();
        if (!value || value->empty() || value->size() > (64u << 10)) return;
        for (const char c : *value)
            if (c <= 0x20 || c >= 0x7f || c == '\\') return;
        if (!token_.empty() && token_ != *value) conflict_ = true;
        token_ = *value;
    }

    void skip_blanks()
    {
        while (at_ < text_.size() &&
               (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
            ++at_;
    }

    std::string_view text_;
    std::string_view token_;
    std::size_t at_ = 0;
    std::int64_t depth_ = 0;
    std::int64_t id_ = 0;
    bool conflict_ = false;
};

} // namespace

std::optional<JobIdentity> dig_identity(std::string_view json) { return Digger(json).dig(); }

} // namespace ysnp::gitlab
