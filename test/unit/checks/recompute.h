#pragma once
#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <unistd.h>

namespace ysnp::checks::sample {

/// What docs/digest.md's own program says about a document.
inline std::string recomputed(const std::string& document)
{
    std::ifstream guide(YSNP_SOURCE_DIR "/docs/digest.md");
    const std::string text{std::istreambuf_iterator<char>(guide), {}};
    const auto begin = text.find("```python\n") + 10;
    const std::string stem = std::string(std::getenv("TMPDIR") ? std::getenv("TMPDIR") : "/tmp") + "/ysnp-digest-" +
                             std::to_string(::getpid());
    std::ofstream(stem + ".py") << text.substr(begin, text.find("```", begin) - begin);
    std::ofstream(stem + ".json") << document;
    std::FILE* pipe = ::popen(("python3 " + stem + ".py < " + stem + ".json").c_str(), "r");
    REQUIRE(pipe);
    char line[128] = {};
    REQUIRE(std::fgets(line, sizeof line, pipe));
    REQUIRE(::pclose(pipe) == 0);
    std::remove((stem + ".py").c_str());
    std::remove((stem + ".json").c_str());
    std::string result = line;
    result.pop_back();
    return result;
}

} // namespace ysnp::checks::sample
