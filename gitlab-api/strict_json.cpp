#include "gitlab-api/strict_json.h"
#include "gitlab-api/payload_error.h"
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <vector>

namespace ysnp::gitlab {
namespace {

using nlohmann::json;

/// Builds the document from SAX events. Containers are filled on a stack and moved into their parent when they close.
class Builder : public nlohmann::json_sax<json> {
public:
    json take() { return std::move(result_); }

    bool null() override { return add(nullptr); }
    bool boolean(bool value) override { return add(value); }
    bool number_integer(number_integer_t value) override { return add(value); }
    bool number_unsigned(number_unsigned_t value) override { return add(value); }
    bool number_float(number_float_t value, const string_t&) override { return add(value); }
    bool binary(binary_t&) override { return false; }

    bool string(string_t& value) override
    {
        if (value.find('\0') != std::string::npos)
            throw PayloadError(PayloadRefusal::encoding, child_path(), "text without NUL", "a NUL character");
        return add(std::move(value));
    }

    bool start_object(std::size_t) override { return open(json::object()); }
    bool start_array(std::size_t) override { return open(json::array()); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }

    bool key(string_t& name) override
    {
        auto& frame = frames_.back();
        if (name.size() > limits::key_bytes)
            throw PayloadError(PayloadRefusal::limit, path(),
                               fmt::format("keys of at most {} bytes", limits::key_bytes), "a longer one");
        if (name.find('\0') != std::string::npos)
            throw PayloadError(PayloadRefusal::encoding, path(), "keys without NUL", "a NUL character");
        frame.key = name;
        if (frame.value.contains(name))
            throw PayloadError(PayloadRefusal::json, child_path(), "a key that comes once", "the same key again");
        return true;
    }

    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& error) override
    {
        if (error.id == 101) // the lexer's and parser's own; its text quotes what was read, so it is not shown
            throw PayloadError(PayloadRefusal::json, path(), "one complete JSON value",
                               fmt::format("an error at byte {}", position));
        throw PayloadError(PayloadRefusal::json, child_path(), "a number in range", "one that is too large");
    }

private:
    struct Frame {
        json value;
        std::string key;
    };

    bool open(json container)
    {
        if (frames_.size() >= limits::depth)
            throw PayloadError(PayloadRefusal::limit, child_path(), fmt::format("at most {} levels", limits::depth),
                               "a deeper one");
        count();
        frames_.push_back({std::move(container), {}});
        return true;
    }

    bool close()
    {
        json done = std::move(frames_.back().value);
        frames_.pop_back();
        place(std::move(done));
        return true;
    }

    bool add(json value)
    {
        count();
        place(std::move(value));
        return true;
    }

    void place(json value)
    {
        if (frames_.empty())
            result_ = std::move(value);
        else if (auto& top = frames_.back(); top.value.is_array())
            top.value.push_back(std::move(value));
        else
            top.value[top.key] = std::move(value);
    }

    void count()
    {
        if (++values_ > limits::values)
            throw PayloadError(PayloadRefusal::limit, path(), fmt::format("at most {} values", limits::values), "more");
    }

    std::string join(bool with_last) const
    {
        std::string text;
        for (std::size_t i = 0; i < frames_.size(); ++i) {
            if (i + 1 == frames_.size() && !with_last) break;
            const auto& frame = frames_[i];
            if (frame.value.is_array())
                text += fmt::format("[{}]", frame.value.size());
            else
                text += (text.empty() ? "" : ".") + frame.key;
        }
        return text;
    }
    std::string path() const { return join(false); }
    std::string child_path() const { return join(true); }

    json result_;
    std::vector<Frame> frames_;
    std::size_t values_ = 0;
};

} // namespace

json parse_strictly(std::string_view text)
{
    if (text.size() > limits::bytes)
        throw PayloadError(PayloadRefusal::limit, "", fmt::format("at most {} bytes", limits::bytes),
                           fmt::format("{}", text.size()));
    Builder builder;
    json::sax_parse(text.begin(), text.end(), &builder);
    return builder.take();
}

} // namespace ysnp::gitlab
