#include "test/integration/loopback.h"
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>

namespace ysnp::test {

void need_loopback()
{
    if (std::getenv("YSNP_ENGINE_APART") != nullptr) SKIP("this Engine reaches nothing on the host's loopback");
}

} // namespace ysnp::test
