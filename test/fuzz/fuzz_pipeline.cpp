#include "gitlab-api/decode.h"
#include "runner/pipeline/pipeline.h"
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

ysnp::pipeline::Context context()
{
    ysnp::pipeline::Context context;
    context.sha = "3f786850e387550fdab836ed7e6dc881de23001b";
    return context;
}

// A payload that the pipeline wrote is one that the decoder takes, beyond its bounds excepted.
void check(const ysnp::pipeline::LocalJob& job)
{
    try {
        ysnp::gitlab::decode(job.payload);
    } catch (const ysnp::gitlab::PayloadError& error) {
        const auto refusal = error.refusal();
        if (refusal == ysnp::gitlab::PayloadRefusal::step) std::abort();
    }
}

} // namespace

// Whatever stands in a .gitlab-ci.yml, loading and building every job gives a payload or a PipelineError.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto read = [&](const std::string& path) -> std::optional<std::string> {
        if (path == ".gitlab-ci.yml") return text;
        if (path == "a.yml") return ".a: { script: [ echo a ] }\n";
        return std::nullopt;
    };
    try {
        const auto pipeline = ysnp::pipeline::Pipeline::load(read);
        for (const auto& name : pipeline.jobs()) {
            try {
                check(pipeline.build(name, context()));
            } catch (const ysnp::pipeline::PipelineError&) {
                continue;
            }
        }
    } catch (const ysnp::pipeline::PipelineError& error) {
        if (error.message().empty()) std::abort();
    }
    return 0;
}
