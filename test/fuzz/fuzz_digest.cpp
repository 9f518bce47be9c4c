#include "checks/digest.h"
#include "checks/jcs.h"
#include "checks/reference.h"
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string_view>

/// Canonical form is a fixed point, means the same as its input, and a job made from the text has a digest or a reason.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace ysnp::checks;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    try {
        const std::string once = canonical_text(text);
        if (canonical_text(once) != once) std::abort();
        if (nlohmann::json::parse(once) != nlohmann::json::parse(text)) std::abort();
    } catch (const std::invalid_argument&) {
    }
    JobFacts facts;
    facts.job_name = "job";
    facts.steps.push_back({"script", {std::string(text)}, "on_success", false});
    facts.inputs.push_back({"input", "string", std::string(text), false});
    Variable variable;
    variable.key = "NAME";
    variable.value = text;
    facts.variables.push_back(variable);
    facts.image.emplace().name = std::string(text);
    parse_reference(text);
    try {
        const JobDigest digest = digest_of(facts, {});
        if (digest_of_document(digest.document) != digest.digest) std::abort();
        if (canonical_text(digest.document) != digest.document) std::abort();
    } catch (const std::invalid_argument&) {
    }
    return 0;
}
