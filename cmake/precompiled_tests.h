// What most test programs read besides.
#include "precompiled.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "checks/decide.h"
#include "conf/config.h"
#include "docker/engine.h"
#include "gitlab-api/payload.h"
#include "net/http.h"
#include "test/double/fake_gitlab.h"
#include "test/double/fault.h"
#include "test/double/http_server.h"
#include "test/double/payload.h"
#include "test/double/replies.h"
#include "test/double/run.h"
#include "vault/client.h"

#ifdef __clang__
template class Catch::BinaryExpr<const nlohmann::json&, const nlohmann::json&>;
template class Catch::BinaryExpr<const std::string&, const std::string&>;
#endif
