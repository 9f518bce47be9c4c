#include "files.h"

namespace ysnp::test {

pipeline::FileReader reader_of(Files files)
{
    return [files = std::move(files)](const std::string& path) -> std::optional<std::string> {
        const auto found = files.find(path);
        if (found == files.end()) return std::nullopt;
        return found->second;
    };
}

pipeline::Pipeline load(std::string text) { return load(Files{{".gitlab-ci.yml", std::move(text)}}); }
pipeline::Pipeline load(Files files) { return pipeline::Pipeline::load(reader_of(std::move(files))); }

pipeline::Context context()
{
    pipeline::Context context;
    context.project_path = "acme/tools/hello";
    context.server_url = "https://gitlab.example.test";
    context.sha = "3f786850e387550fdab836ed7e6dc881de23001b";
    context.commit_message = "tidy the build\n\nwith a $DOLLAR";
    context.user_name = "Ada Example";
    return context;
}

pipeline::LocalJob build(std::string text, std::string_view job) { return load(std::move(text)).build(job, context()); }

gitlab::Job decoded(const pipeline::Pipeline& pipeline, std::string_view job)
{
    return gitlab::decode(pipeline.build(job, context()).payload);
}
gitlab::Job decoded(std::string text, std::string_view job) { return decoded(load(std::move(text)), job); }

std::string error_of(Files files, std::string_view job)
try {
    load(std::move(files)).build(job, context());
    return "fine";
} catch (const pipeline::PipelineError& error) {
    return error.message();
}
std::string error_of(std::string text, std::string_view job)
{
    return error_of(Files{{".gitlab-ci.yml", std::move(text)}}, job);
}

} // namespace ysnp::test
