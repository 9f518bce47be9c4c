#include "checks/image_text.h"

namespace ysnp::checks {

std::vector<Variable> expansion_variables(const JobFacts& facts)
{
    std::vector<Variable> all = facts.local_variables;
    all.insert(all.end(), facts.variables.begin(), facts.variables.end());
    return all;
}

bool depends_on(std::string_view text, const Expander& expander, const std::function<bool(const Variable*)>& is_open)
{
    for (const std::string& name : references(text)) {
        const Variable* variable = expander.find(name);
        if (is_open(variable)) return true;
        if (!variable || variable->raw || variable->file) continue;
        for (const std::string& inner : references(variable->value))
            if (is_open(expander.find(inner))) return true;
    }
    return false;
}

} // namespace ysnp::checks
