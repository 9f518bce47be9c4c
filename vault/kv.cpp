#include "vault/kv.h"
#include "net/failure.h"
#include "vault/path.h"
#include "vault/strict_json.h"
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace ysnp::vault {
namespace {

using nlohmann::json;

constexpr std::size_t most_names = 100'000;
constexpr std::uint64_t greatest_version = std::numeric_limits<std::int64_t>::max(); // what remembers them is signed

/// A member of the type that `holds` tests, or a Fault.
const json& member(const Question& question, const json& object, const char* name, bool (json::*holds)() const noexcept,
                   const char* expected)
{
    const auto found = object.find(name);
    if (found == object.end()) fail_reply(question, std::string("an answer without ") + name, expected);
    if (!((*found).*holds)())
        fail_reply(question, std::string(name) + " that is " + found->type_name(), std::string(name) + ": " + expected);
    return *found;
}

/// The common part of what KV v2 says about a version.
Document version_of(const Question& question, const json& metadata)
{
    Document document;
    document.version =
        member(question, metadata, "version", &json::is_number_unsigned, "a number").get<std::uint64_t>();
    document.created = member(question, metadata, "created_time", &json::is_string, "a time").get<std::string>();
    const bool destroyed = member(question, metadata, "destroyed", &json::is_boolean, "true or false").get<bool>();
    document.deletion =
        member(question, metadata, "deletion_time", &json::is_string, "a time or nothing").get<std::string>();
    document.deleted = destroyed || !document.deletion.empty();
    if (document.version == 0) fail_reply(question, "version 0", "a version from 1");
    if (document.version > greatest_version) fail_reply(question, "a version beyond 2^63", "a version from 1");
    return document;
}

/// `data` of a KV v2 answer, of a version that exists or of one that is deleted (`data.data` is null).
Document decode_v2(const Question& question, const json& data)
{
    const auto content = data.find("data");
    const auto metadata = data.find("metadata");
    if (content == data.end() || metadata == data.end() || !metadata->is_object())
        fail_reply(question, "an answer in the shape of KV v1", "data.data and data.metadata of KV v2");
    Document document = version_of(question, *metadata);
    if (content->is_null() && document.deleted) return document;
    if (!content->is_object())
        fail_reply(question, std::string("a document that is ") + content->type_name(), "an object");
    if (metadata->at("destroyed").get<bool>()) fail_reply(question, "the text of a destroyed version", "none");
    document.deleted = false; // a deletion_time in the future, of delete_version_after
    document.text = content->dump();
    return document;
}

bool looks_like_v2(const json& data)
{
    return data.size() == 2 && data.contains("data") && data.contains("metadata") && data["metadata"].is_object() &&
           data["metadata"].contains("version");
}

Document decode_v1(const Question& question, const json& data)
{
    if (data.empty()) fail_reply(question, "data without content", "a document");
    if (looks_like_v2(data))
        fail_reply(question, "an answer in the shape of KV v2", "the document itself, as KV v1 has it");
    Document document;
    document.text = data.dump();
    return document;
}

Document decode_missing(const Question& question, const Engine& engine, const net::Response& response)
{
    if (says_none(question, response)) return {};
    const json reply = missing_of(question, response);
    if (const auto warnings = reply.find("warnings"); warnings != reply.end() && !warnings->is_null())
        fail_reply(question, "a 404 with warnings: the engine is of another KV version",
                   "KV v" + std::to_string(engine.version));
    const auto data = reply.find("data");
    if (engine.version != 2 || data == reply.end() || !data->is_object()) fail(question, response);
    Document document = decode_v2(question, *data);
    if (document.text || !document.deleted)
        fail_reply(question, "a 404 with a document that exists", "a deleted version");
    return document;
}

/// Vault answers with the path of the engine that a path belongs to, a slash at its end.
Engine engine_at(const Question& question, const std::string& mount, const std::string& path)
{
    const std::string whole = mount + "/";
    if (path.size() < 2 || !path.ends_with('/') || !whole.starts_with(path))
        fail_reply(question, "the description of another engine", "that of " + mount);
    Engine engine;
    engine.path = path.substr(0, path.size() - 1);
    engine.prefix = whole.substr(path.size());
    return engine;
}

int version_in(const Question& question, const json& data)
{
    const auto options = data.find("options");
    if (options == data.end() || options->is_null()) return 1;
    if (!options->is_object()) fail_reply(question, "options that are no object", "the engine's options");
    const auto version = options->find("version");
    if (version == options->end()) return 1;
    if (*version == "1") return 1;
    if (*version == "2") return 2;
    fail_reply(question, "an unknown KV version", "1 or 2");
}

std::string target(const Engine& engine, const char* part, const std::string& path)
{
    const std::string kept = engine.version == 2 ? part : "";
    return "/v1/" + encoded(engine.path) + "/" + kept + encoded(engine.prefix + path);
}

} // namespace

std::string engine_target(const std::string& mount) { return "/v1/sys/internal/ui/mounts/" + encoded(mount); }

Engine decode_engine(const std::string& mount, const net::Response& response)
{
    const Question question{"asking for the engine at " + mount, "read on paths below " + mount};
    const json data = data_of(question, response);
    const auto& type = member(question, data, "type", &json::is_string, "a text").get_ref<const std::string&>();
    if (type != "kv" && type != "generic")
        throw Fault(make_error_code(Error::invalid_value), question.asked, "an engine of another type", "a KV engine",
                    "name a KV engine in gate.vault.mount");
    Engine engine =
        engine_at(question, mount, member(question, data, "path", &json::is_string, "a text").get<std::string>());
    engine.version = version_in(question, data);
    return engine;
}

std::string document_target(const Engine& engine, const std::string& path) { return target(engine, "data/", path); }

std::string metadata_target(const Engine& engine, const std::string& path) { return target(engine, "metadata/", path); }

std::string folder_policy_path(const Engine& engine, const std::string& folder)
{
    return engine.path + (engine.version == 2 ? "/metadata/" : "/") + engine.prefix + folder;
}

std::string folder_target(const Engine& engine, const std::string& folder)
{
    return "/v1/" + encoded(trimmed(folder_policy_path(engine, folder))) + "?list=true";
}

std::string policy_path(const Engine& engine, const std::string& path)
{
    return engine.path + (engine.version == 2 ? "/data/" : "/") + engine.prefix + path;
}

Document decode_document(const Question& question, const Engine& engine, const net::Response& response)
{
    if (response.status == 404) return decode_missing(question, engine, response);
    const json data = data_of(question, response);
    return engine.version == 2 ? decode_v2(question, data) : decode_v1(question, data);
}

std::string write_body(const Engine& engine, const std::string& text, std::optional<std::uint64_t> only_at)
{
    json document;
    try {
        document = parse_object(text);
    } catch (const std::invalid_argument& error) {
        throw Fault(make_error_code(Error::invalid_value), "writing a document", error.what(), "a JSON object",
                    "correct the document");
    }
    if (engine.version == 1) return document.dump();
    json body{{"data", std::move(document)}};
    if (only_at) body["options"]["cas"] = *only_at;
    return body.dump();
}

std::uint64_t decode_written(const Question& question, const Engine& engine, const net::Response& response)
{
    if (engine.version == 1) {
        expect_success(question, response);
        return 0;
    }
    const json data = data_of(question, response);
    return member(question, data, "version", &json::is_number_unsigned, "a number").get<std::uint64_t>();
}

std::vector<std::string> decode_list(const Question& question, const net::Response& response)
{
    if (response.status == 404) {
        if (!says_none(question, response)) fail(question, response);
        return {};
    }
    const json data = data_of(question, response);
    const json& keys = member(question, data, "keys", &json::is_array, "a list");
    if (keys.size() > most_names) fail_reply(question, "too many names", "at most " + std::to_string(most_names));
    std::vector<std::string> names;
    for (const json& key : keys) {
        if (!key.is_string()) fail_reply(question, std::string("a name that is ") + key.type_name(), "a text");
        names.push_back(key.get<std::string>());
    }
    return names;
}

} // namespace ysnp::vault
