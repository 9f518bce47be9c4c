#include "runner/pipeline/reference.h"
#include "runner/pipeline/yaml_reader.h"
#include <vector>

namespace ysnp::pipeline {
namespace {

constexpr std::size_t most_levels = 10;

class Resolver {
public:
    explicit Resolver(const Value& config) : config_(config) {}

    Value resolve(const Value& value)
    {
        if (++nodes_ > limits::nodes)
            throw PipelineError(value.place(), "!reference: the result is too large", PipelineError::Kind::too_large);
        if (value.is_reference()) return follow(value);
        Value copy = value;
        for (auto& item : copy.items) item = resolve(item);
        for (auto& entry : copy.entries) entry.second = resolve(entry.second);
        return copy;
    }

private:
    Value follow(const Value& reference)
    {
        if (level_ >= most_levels) reference.refuse("!reference: more than ten levels, or it refers to itself");
        ++level_;
        Value result = resolve(target(reference));
        --level_;
        return result;
    }

    const Value& target(const Value& reference) const
    {
        if (reference.items.empty()) reference.refuse("!reference: expected a path such as [job, script]");
        const Value* at = &config_;
        std::string path;
        for (const auto& part : reference.items) {
            if (!part.is_scalar()) part.refuse("!reference: expected names, found " + part.describe());
            path += (path.empty() ? "" : ", ") + part.text;
            at = at->is_map() ? at->find(part.text) : nullptr;
            if (at == nullptr) reference.refuse("!reference: there is no [" + path + "]");
        }
        return *at;
    }

    const Value& config_;
    std::size_t level_ = 0;
    std::size_t nodes_ = 0;
};

} // namespace

Value resolve_references(const Value& value, const Value& config) { return Resolver(config).resolve(value); }

} // namespace ysnp::pipeline
