#include "net/http.h"
#include "vault/fault.h"
#include "vault/kv.h"
#include "vault/login.h"
#include <array>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace {

using namespace ysnp;
using namespace ysnp::vault;

constexpr std::array<unsigned, 8> statuses = {200, 204, 400, 403, 404, 473, 500, 503};

/// A document is text only where Vault said so with a success, and an object; none only where a 404 said so.
void check_document(const Question& question, int version, const net::Response& reply)
{
    Engine engine;
    engine.path = "cicd";
    engine.version = version;
    const Document document = decode_document(question, engine, reply);
    if (document.text && (!reply.ok() || !nlohmann::json::parse(*document.text).is_object())) std::abort();
    if (!document.text && reply.status != 404) std::abort();
    if (document.deleted && document.text) std::abort();
}

void check_login(const Question& question, net::Response reply)
{
    const unsigned status = reply.status;
    const Login login = decode_login(question, std::move(reply), Deadline());
    if (status != 200 || login.token.reveal().empty()) std::abort();
}

void decode(unsigned kind, const net::Response& reply)
{
    const Question question{"reading cicd/a/b/whitelist", "read on cicd/data/a/b/whitelist"};
    switch (kind % 7) {
    case 0:
        return check_document(question, 1, reply);
    case 1:
        return check_document(question, 2, reply);
    case 2:
        return check_login(question, reply);
    case 3:
        decode_identity(question, reply);
        break;
    case 4:
        decode_list(question, reply);
        break;
    case 5:
        decode_written(question, Engine{"cicd", "", 2}, reply);
        break;
    default:
        decode_engine("cicd/team", reply);
        break;
    }
    if (!reply.ok() && reply.status != 404) std::abort();
}

} // namespace

/// Input: which question was asked, the status of the answer, then its body. Either it is exactly what Vault promises,
/// or a Fault that says what came; never an absence for anything else.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 2) return 0;
    net::Response reply;
    reply.status = statuses[data[1] % statuses.size()];
    reply.headers.push_back({"Content-Type", "application/json"});
    reply.body.assign(reinterpret_cast<const char*>(data) + 2, size - 2);
    try {
        decode(data[0], reply);
    } catch (const Fault& fault) {
        if (fault.found().empty() || fault.remedy().empty()) std::abort();
    }
    return 0;
}
