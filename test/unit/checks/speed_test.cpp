#include "sample.h"
#include <catch2/catch_test_macros.hpp>
#include <ctime>

using namespace ysnp::checks;

TEST_CASE("a thousand entries and a script of 1 MiB are decided at once")
{
    JobFacts f = sample::facts();
    f.steps[0].script.assign(1024, std::string(1024, 'x'));
    std::string scripts = "deploy@" + digest_of(f, {}).digest, images = sample::image;
    for (int i = 0; i < 1000; ++i) {
        const std::string other = "entry " + std::to_string(i);
        scripts += "\",\"job" + std::to_string(i) + "@" + digest_of_document(other);
        images += "\",\"img@sha256:" + std::string(60, 'a') + std::to_string(1000 + i);
    }
    Documents d = sample::documents_for(f);
    d.project_whitelist.text = sample::whitelist(scripts, images);
    const std::clock_t start = std::clock(); // what the processor spends: the machine may be busy otherwise
    const Decision decision = sample::decide_with(d, f);
    const double took = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    CHECK(decision.allowed());
    CAPTURE(took);
#ifdef NDEBUG
    CHECK(took < 0.020);
#else
    CHECK(took < 0.5); // an unoptimised or instrumented build
#endif
}
