#pragma once
#include "net/http.h"
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace ysnp::vault {

/// What a reply answers, for messages.
struct Question {
    std::string asked; ///< "reading cicd/group/whitelist"
    std::string right; ///< what a policy must grant: "read on cicd/data/group/whitelist"; empty: nothing in particular
};

/// The texts of `errors` in a reply, joined, printable and at most 300 bytes; empty where there are none.
std::string errors_of(const net::Response& response);
/// "status 403: permission denied"
std::string status_of(const net::Response& response);

/// The JSON object of a success. Throws Fault: for any other status as fail() does; Failure::protocol for what is not a
/// JSON object, and for a wrapped answer (`wrap_info`).
nlohmann::json object_of(const Question& question, const net::Response& response);
/// The member `data` of a success, an object.
nlohmann::json data_of(const Question& question, const net::Response& response);
/// A success whose content does not matter.
void expect_success(const Question& question, const net::Response& response);

/// The JSON object of a 404, which is Vault's own where it is one. Throws Fault for anything else.
nlohmann::json missing_of(const Question& question, const net::Response& response);
/// Whether a reply is Vault's own word that there is no such thing: a 404 with an empty `errors`, nothing more. Throws
/// Fault for a 404 of somebody else's.
bool says_none(const Question& question, const net::Response& response);

/// Throws the Fault that a status other than a success stands for.
[[noreturn]] void fail(const Question& question, const net::Response& response);
/// Throws a Fault of Failure::protocol: not what Vault's API promises.
[[noreturn]] void fail_reply(const Question& question, std::string found, std::string expected);

} // namespace ysnp::vault
