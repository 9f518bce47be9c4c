#include "net/redirect.h"
#include "net/failure.h"

namespace ysnp::net {

namespace {

[[noreturn]] void refuse(unsigned status, const std::string& why)
{
    throw std::system_error(make_error_code(Error::redirect_refused), "status " + std::to_string(status) + " " + why);
}

bool is_redirect(unsigned status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Url location_of(const Origin& origin, const std::string& target, const Response& response)
{
    const auto location = response.header("Location");
    if (location.empty()) refuse(response.status, "without a Location");
    Url base;
    base.origin = origin;
    base.path = target.substr(0, target.find('?'));
    try {
        return resolve(base, location);
    } catch (const std::system_error&) {
        refuse(response.status, "with a Location that is not a valid URL");
    }
}

} // namespace

std::optional<std::string> redirected_target(const Origin& origin, const std::string& target, const Response& response)
{
    if (!is_redirect(response.status)) return std::nullopt;
    const Url to = location_of(origin, target, response);
    const bool keeps_method = response.status == 307 || response.status == 308;
    if (to.origin == origin && keeps_method && to.user.empty() && to.password.empty()) return to.target();
    const std::string there = to.origin.to_string();
    if (to.origin == origin)
        refuse(response.status, "to " + there + to.path +
                                    ": only 307 and 308 are followed, as others change the method; correct the "
                                    "configured URL");
    refuse(response.status, "to " + there + ", another origin than " + origin.to_string() +
                                ": credentials stay with one origin; if " + there +
                                " is right, put it into the configured URL");
}

} // namespace ysnp::net
