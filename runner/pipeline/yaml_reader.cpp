#include "runner/pipeline/yaml_reader.h"
#include "runner/pipeline/yaml_builder.h"
#include <sstream>
#include <yaml-cpp/yaml.h>

namespace ysnp::pipeline {
namespace {

void expect_map(const Value& document, const std::string& file)
{
    if (document.is_map()) return;
    if (document.is_null())
        throw PipelineError({file, 0, 0}, "the file is empty: it needs at least one job with a script");
    document.refuse("expected a map of jobs and keywords, found " + document.describe());
}

std::vector<Value> parse(const std::string& text, const std::string& file)
{
    std::istringstream stream(text);
    std::vector<Value> documents;
    try {
        YAML::Parser parser(stream);
        for (YamlBuilder builder(file); parser.HandleNextDocument(builder);) {
            documents.push_back(builder.take());
            if (documents.size() > 2)
                throw PipelineError({file, 0, 0}, "more than two YAML documents (`---`) in one file");
        }
    } catch (const YAML::Exception& error) {
        throw PipelineError({file, error.mark.line + 1, error.mark.column + 1}, "this is not YAML: " + error.msg);
    }
    return documents;
}

// A file may begin with a header document that declares its inputs.
Value join(std::vector<Value> documents, const std::string& file)
{
    if (documents.empty())
        throw PipelineError({file, 0, 0}, "the file is empty: it needs at least one job with a script");
    if (documents.size() == 1) return std::move(documents[0]);
    const auto* spec = documents[0].find("spec");
    if (spec == nullptr) documents[1].refuse("a second YAML document (`---`) needs a first one with `spec:`");
    expect_map(documents[1], file);
    Value result = std::move(documents[1]);
    result.set("spec", *spec);
    return result;
}

} // namespace

Value read_yaml(const std::string& text, const std::string& file)
{
    if (text.size() > limits::file_bytes)
        throw PipelineError({file, 0, 0}, "the file is larger than 1 MiB", PipelineError::Kind::too_large);
    if (text.find('\0') != std::string::npos) throw PipelineError({file, 0, 0}, "the file holds a NUL character");
    auto document = join(parse(text, file), file);
    expect_map(document, file);
    return document;
}

} // namespace ysnp::pipeline
