#include "runner/host/resident.h"
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <string>

using namespace ysnp::host;

static long file_kib()
{
    std::ifstream in("/proc/self/status");
    for (std::string line; std::getline(in, line);)
        if (line.starts_with("RssFile:")) return std::stol(line.substr(8));
    return 0;
}

TEST_CASE("pages that the start needed are given back, and the program goes on")
{
    const long before = file_kib();
    REQUIRE(before > 0);
    release_start_pages();
    const long after = file_kib();
    CHECK(after < before);
}
