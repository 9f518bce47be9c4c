#include "sample.h"
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

namespace ysnp::test {

std::string sample(std::string_view name)
{
    const auto path = std::string(YSNP_SOURCE_DIR "/test/unit/gitlab-api/payloads/") + std::string(name) + ".json";
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("no sample " + path);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string echo_with(std::string_view pointer, std::string_view json)
{
    auto document = nlohmann::json::parse(sample("payload-echo"));
    document[nlohmann::json::json_pointer(std::string(pointer))] = nlohmann::json::parse(json);
    return document.dump();
}

std::string echo_without(std::string_view pointer)
{
    auto document = nlohmann::json::parse(sample("payload-echo"));
    const nlohmann::json::json_pointer at{std::string(pointer)};
    auto& parent = document[at.parent_pointer()];
    if (parent.is_array())
        parent.erase(std::stoul(at.back()));
    else
        parent.erase(at.back());
    return document.dump();
}

std::string list_of(std::size_t count, std::string_view element)
{
    std::string text = "[";
    for (std::size_t i = 0; i < count; ++i) {
        if (i != 0) text += ',';
        text += element;
    }
    return text + "]";
}

} // namespace ysnp::test
