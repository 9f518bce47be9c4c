// What most sources of the rooms runner/job and runner/cli read besides.
#include "precompiled.h"

#include "checks/decide.h"
#include "conf/config.h"
#include "docker/engine.h"
#include "gitlab-api/client.h"
#include "net/http.h"
#include "runner/policy/vault_store.h"
