#include "gitlab-api/token.h"
#include <initializer_list>

namespace ysnp::gitlab {

bool is_authentication_token(std::string_view token) noexcept { return token.starts_with("glrt-"); }

std::string short_token(std::string_view token)
{
    constexpr std::size_t shown = 9;
    for (const std::string_view prefix : {"glrt-", "glrtr-", "glcbt-", "GR1348941", "t1_", "t2_", "t3_"})
        if (token.starts_with(prefix)) token.remove_prefix(prefix.size());
    if (token.size() < 2 * shown) return "…"; // half of it would be too much
    return std::string(token.substr(0, shown));
}

const std::vector<std::string>& token_prefixes()
{
    static const std::vector<std::string> prefixes = {"glpat-",  "gldt-",  "glrt-",  "glrtr-",   "glcbt-",
                                                      "glptt-",  "glft-",  "glimt-", "glagent-", "glsoat-",
                                                      "glffct-", "gloas-", "glwt-",  "GR1348941"};
    return prefixes;
}

} // namespace ysnp::gitlab
