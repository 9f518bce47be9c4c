#include "checks/digest.h"
#include "checks/image_text.h"
#include "checks/jcs.h"
#include "checks/variables.h"
#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <set>
#include <stdexcept>

namespace ysnp::checks {
namespace {

using nlohmann::json;

json list_or_null(const std::optional<std::vector<std::string>>& list) { return list ? json(*list) : json(nullptr); }

/// Builds the document of docs/digest.md from the facts.
class Writer {
public:
    Writer(const JobFacts& facts, const std::vector<std::string>& free)
        : facts_(facts), report_(classify(facts, free)), all_(expansion_variables(facts)), expander_(all_)
    {
        for (const Variable& variable : facts.local_variables) open_.insert(variable.key);
        for (const NameUse& use : report_.names) {
            if (use.cover == Cover::digest) {
                open_.erase(use.last->key);
            } else {
                open_.insert(use.last->key);
            }
        }
    }

    json document() const
    {
        json flags = json::object(), values = json::object(), free = json::object();
        for (const NameUse& use : report_.names) {
            const Variable& v = *use.last;
            if (use.cover == Cover::flag) flags[v.key] = v.value;
            if (use.cover == Cover::digest) values[v.key] = {{"value", v.value}, {"file", v.file}, {"raw", v.raw}};
            if (use.cover == Cover::open || use.cover == Cover::unlisted)
                free[v.key] = {{"file", v.file}, {"raw", v.raw}, {"public", v.is_public}, {"masked", v.masked}};
        }
        return {{"ysnp", 2},
                {"job", facts_.job_name},
                {"image", facts_.image ? image(*facts_.image) : json(nullptr)},
                {"services", list(facts_.services, &Writer::service)},
                {"steps", list(facts_.steps, &Writer::step)},
                {"hooks", list(facts_.hooks, &Writer::hook)},
                {"inputs", list(facts_.inputs, &Writer::input)},
                {"cache", list(facts_.cache, &Writer::cache)},
                {"artifacts", list(facts_.artifacts, &Writer::artifact)},
                {"dependencies", facts_.dependencies},
                {"feature_flags", std::move(flags)},
                {"variables", std::move(values)},
                {"free_variables", std::move(free)}};
    }

private:
    template <class Item>
    json list(const std::vector<Item>& items, json (Writer::*write)(const Item&) const) const
    {
        json result = json::array();
        for (const Item& item : items) result.push_back((this->*write)(item));
        return result;
    }

    /// The text after expansion; where it refers to what is not in the document by value, the text as written.
    json text(const std::string& written) const
    {
        const auto open = [this](const Variable* v) { return !v || open_.contains(v->key); };
        if (depends_on(written, expander_, open)) return {{"template", written}};
        return expander_(written);
    }

    /// An image's reference is always the one that will run, unless a secret value would show.
    json reference(const std::string& written) const
    {
        const auto secret = [](const Variable* v) { return v && v->secret(); };
        if (depends_on(written, expander_, secret)) return {{"template", written}};
        return expander_(written);
    }

    json image(const Image& i) const
    {
        json ports = json::array();
        for (const Port& p : i.ports)
            ports.push_back({{"number", p.number}, {"protocol", p.protocol}, {"name", p.name}});
        return {{"reference", reference(i.name)},     {"entrypoint", list_or_null(i.entrypoint)},
                {"command", list_or_null(i.command)}, {"user", text(i.user)},
                {"platform", text(i.platform)},       {"pull_policy", i.pull_policy},
                {"ports", std::move(ports)}};
    }

    json service(const Image& s) const
    {
        json result = image(s);
        result["alias"] = text(s.alias);
        result["variables"] = json::array();
        for (const Variable& v : s.variables)
            result["variables"].push_back({{"name", v.key}, {"value", text(v.value)}});
        return result;
    }

    json step(const Step& s) const
    {
        return {{"name", s.name}, {"script", s.script}, {"when", s.when}, {"allow_failure", s.allow_failure}};
    }
    json hook(const Hook& h) const { return {{"name", h.name}, {"script", h.script}}; }
    json input(const Input& i) const
    {
        // a sensitive value may not be interpolated anywhere, so it cannot change what runs
        return {{"key", i.key},
                {"type", i.type},
                {"sensitive", i.sensitive},
                {"content", i.sensitive ? json(nullptr) : parse_strict(i.content)}};
    }
    json cache(const CacheRule& c) const
    {
        return {
            {"key", c.key},       {"paths", c.paths}, {"fallback_keys", c.fallback_keys}, {"untracked", c.untracked},
            {"policy", c.policy}, {"when", c.when}};
    }
    json artifact(const ArtifactRule& a) const
    {
        return {{"name", a.name}, {"paths", a.paths},         {"exclude", a.exclude}, {"untracked", a.untracked},
                {"when", a.when}, {"expire_in", a.expire_in}, {"type", a.type},       {"format", a.format}};
    }

    const JobFacts& facts_;
    VariableReport report_;
    std::vector<Variable> all_;
    Expander expander_;
    std::set<std::string, std::less<>> open_;
};

} // namespace

std::string sha256(std::string_view bytes)
{
    std::string out(32, '\0');
    unsigned size = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(out.data()), &size, EVP_sha256(),
                   nullptr) != 1)
        throw std::runtime_error("SHA-256 is not available");
    return out;
}

std::string base64url(std::string_view bytes)
{
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string out;
    unsigned buffer = 0;
    int held = 0;
    for (const char c : bytes) {
        buffer = (buffer << 8) | static_cast<unsigned char>(c);
        for (held += 8; held >= 6; held -= 6) out += digits[(buffer >> (held - 6)) & 63];
    }
    if (held > 0) out += digits[(buffer << (6 - held)) & 63];
    return out;
}

std::string digest_of_document(std::string_view document) { return "ysnp2:" + base64url(sha256(document)); }

JobDigest digest_of(const JobFacts& facts, const std::vector<std::string>& free_variables)
{
    JobDigest result;
    result.document = canonical(Writer(facts, free_variables).document());
    result.digest = digest_of_document(result.document);
    return result;
}

} // namespace ysnp::checks
