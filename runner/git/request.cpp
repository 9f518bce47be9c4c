#include "runner/git/request.h"
#include "net/failure.h"
#include <limits>
#include <nlohmann/json.hpp>

namespace ysnp::git {
namespace {

using nlohmann::json;

[[noreturn]] void refuse(const std::string& field, const char* expected)
{
    throw std::system_error(make_error_code(Error::invalid_value),
                            "git worker's request: field " + field + ": expected " + expected);
}

/// Takes fields out of an object one by one; what is left at the end is unknown.
class Fields {
public:
    explicit Fields(json object) : object_(std::move(object))
    {
        if (!object_.is_object()) refuse("(whole)", "an object");
    }

    json take(const char* name)
    {
        const auto found = object_.find(name);
        if (found == object_.end()) refuse(name, "to be there");
        json value = std::move(*found);
        object_.erase(found);
        return value;
    }

    std::string text(const char* name)
    {
        const json value = take(name);
        if (!value.is_string()) refuse(name, "a string");
        return value.get<std::string>();
    }

    std::uint64_t number(const char* name, std::uint64_t most = std::numeric_limits<std::uint64_t>::max())
    {
        const json value = take(name);
        if (!value.is_number_unsigned() || value.get<std::uint64_t>() > most) refuse(name, "a number in its range");
        return value.get<std::uint64_t>();
    }

    std::uint32_t number32(const char* name)
    {
        return static_cast<std::uint32_t>(number(name, std::numeric_limits<std::uint32_t>::max()));
    }

    template <class Enum>
    Enum choice(const char* name, Enum last)
    {
        return static_cast<Enum>(number(name, static_cast<std::uint64_t>(last)));
    }

    std::vector<std::string> texts(const char* name)
    {
        const json value = take(name);
        if (!value.is_array()) refuse(name, "a list of strings");
        std::vector<std::string> result;
        for (const json& item : value) {
            if (!item.is_string()) refuse(name, "a list of strings");
            result.push_back(item.get<std::string>());
        }
        return result;
    }

    void finish() const
    {
        if (!object_.empty()) refuse(object_.begin().key(), "no such field");
    }

private:
    json object_;
};

json to_object(const Limits& l)
{
    return {{"pack_bytes", l.pack_bytes},
            {"advertised_bytes", l.advertised_bytes},
            {"refs", l.refs},
            {"objects", l.objects},
            {"files", l.files},
            {"blob_bytes", l.blob_bytes},
            {"tree_bytes", l.tree_bytes},
            {"path_depth", l.path_depth},
            {"memory_bytes", l.memory_bytes}};
}

Limits limits_from(Fields fields)
{
    Limits l;
    l.pack_bytes = fields.number("pack_bytes");
    l.advertised_bytes = fields.number("advertised_bytes");
    l.refs = fields.number("refs");
    l.objects = fields.number("objects");
    l.files = fields.number("files");
    l.blob_bytes = fields.number("blob_bytes");
    l.tree_bytes = fields.number("tree_bytes");
    l.path_depth = fields.number32("path_depth");
    l.memory_bytes = fields.number("memory_bytes");
    fields.finish();
    return l;
}

json network_of(const SourceRequest& r)
{
    return {{"user_agent", r.user_agent},  {"ca_file", r.tls.ca_file},   {"cert_file", r.tls.cert_file},
            {"key_file", r.tls.key_file},  {"http_proxy", r.proxy.http}, {"https_proxy", r.proxy.https},
            {"no_proxy", r.proxy.no_proxy}};
}

void network_into(SourceRequest& r, Fields fields)
{
    r.user_agent = fields.text("user_agent");
    r.tls = {fields.text("ca_file"), fields.text("cert_file"), fields.text("key_file")};
    r.proxy = {fields.text("http_proxy"), fields.text("https_proxy"), fields.text("no_proxy")};
    fields.finish();
}

json workspace_of(const SourceRequest& r)
{
    return {{"strategy", static_cast<unsigned>(r.strategy)},
            {"checkout", static_cast<unsigned>(r.checkout)},
            {"tags", static_cast<unsigned>(r.tags)},
            {"warn_lfs", r.warn_lfs ? 1u : 0u},
            {"project_dir", r.project_dir},
            {"tar_root", r.tar_root},
            {"uid", r.uid},
            {"gid", r.gid},
            {"cache_dir", r.cache_dir}};
}

void workspace_into(SourceRequest& r, Fields fields)
{
    r.strategy = fields.choice("strategy", Strategy::empty);
    r.checkout = fields.choice("checkout", Checkout::no);
    r.tags = fields.choice("tags", TagFollowing::all);
    r.warn_lfs = fields.number("warn_lfs", 1) == 1;
    r.project_dir = fields.text("project_dir");
    r.tar_root = fields.text("tar_root");
    r.uid = fields.number32("uid");
    r.gid = fields.number32("gid");
    r.cache_dir = fields.text("cache_dir");
    fields.finish();
}

} // namespace

std::string to_json(const SourceRequest& r)
{
    const json document = {{"repo_url", r.repo_url},
                           {"pinned_origin", r.pinned_origin},
                           {"ref", r.ref},
                           {"ref_type", static_cast<unsigned>(r.ref_type)},
                           {"sha", r.sha},
                           {"refspecs", r.refspecs},
                           {"depth", r.depth},
                           {"object_format", r.object_format},
                           {"network", network_of(r)},
                           {"workspace", workspace_of(r)},
                           {"limits", to_object(r.limits)}};
    // Bytes that are not UTF-8 cannot be right in any field: they arrive as U+FFFD and are refused by the checks there.
    return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

SourceRequest request_from_json(std::string_view text)
{
    json document = json::parse(text, nullptr, false);
    Fields fields(std::move(document));
    SourceRequest r;
    r.repo_url = fields.text("repo_url");
    r.pinned_origin = fields.text("pinned_origin");
    r.ref = fields.text("ref");
    r.ref_type = fields.choice("ref_type", RefType::tag);
    r.sha = fields.text("sha");
    r.refspecs = fields.texts("refspecs");
    r.depth = fields.number32("depth");
    r.object_format = fields.text("object_format");
    network_into(r, Fields(fields.take("network")));
    workspace_into(r, Fields(fields.take("workspace")));
    r.limits = limits_from(Fields(fields.take("limits")));
    fields.finish();
    return r;
}

} // namespace ysnp::git
