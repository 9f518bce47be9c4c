#include "checks/variables.h"
#include "checks/utf8.h"
#include <algorithm>
#include <map>

namespace ysnp::checks {
namespace {

bool contains(const std::vector<std::string>& list, std::string_view name)
{
    return std::find(list.begin(), list.end(), name) != list.end();
}

bool is_boolean(std::string_view value)
{
    constexpr std::string_view spellings[] = {"1", "t", "T",     "TRUE",  "true",  "True", "0",
                                              "f", "F", "FALSE", "false", "False", ""};
    return std::find(std::begin(spellings), std::end(spellings), value) != std::end(spellings);
}

/// Its value is a credential of the payload, which the facts do not hold.
bool is_credential(const Variable& variable) { return variable.evidence != Evidence::none; }

/// A value that the environment gets as it is: not a file, nothing in it would be expanded, and the facts hold it.
bool literal(const Variable& variable)
{
    const bool plain = variable.raw || variable.value.find('$') == std::string::npos;
    return !variable.file && plain && !is_credential(variable);
}

Cover digest_or_secret(const Variable& variable)
{
    return variable.secret() || is_credential(variable) ? Cover::unlisted : Cover::digest;
}

Cover cover_of_varying(const Variable& variable, Grammar grammar)
{
    if (grammar == Grammar::secret_token)
        return variable.evidence == Evidence::job_token && !variable.file ? Cover::outside : digest_or_secret(variable);
    return literal(variable) && fits(grammar, variable.value) ? Cover::outside : digest_or_secret(variable);
}

bool is_token_name(std::string_view name) { return name == "CI_JOB_TOKEN" || name == "CI_BUILD_TOKEN"; }
bool is_repository_name(std::string_view name) { return name == "CI_REPOSITORY_URL" || name == "CI_BUILD_REPO"; }

class Classifier {
public:
    Classifier(const JobFacts& facts, const std::vector<std::string>& free) : facts_(facts), free_(free) {}

    VariableReport run()
    {
        std::map<std::string_view, NameUse> names;
        for (const Variable& variable : facts_.variables) {
            check_form(variable);
            NameUse& use = names[variable.key];
            use.last = &variable;
            ++use.count;
        }
        for (auto& [name, use] : names) {
            use.cover = cover_of(use);
            report_.names.push_back(use);
        }
        return std::move(report_);
    }

private:
    void check_form(const Variable& variable)
    {
        if (!is_variable_name(variable.key))
            object("PAY-VAR", "a name of letters, digits and _ that is no shell function", variable.key,
                   "rename the variable in the project");
        if (!is_plain_text(variable.key) || !is_plain_text(variable.value))
            object("SCR-ENC", "UTF-8 without NUL", "other bytes in variable " + variable.key,
                   "store such a value base64-encoded");
    }

    Cover cover_of(const NameUse& use)
    {
        const Variable& variable = *use.last;
        if (contains(free_, variable.key)) return Cover::open;
        const bool plain = literal(variable) && (!variable.secret() || is_boolean(variable.value));
        if (variable.key.starts_with("FF_") && plain) return Cover::flag;
        if (use.count > 1) return digest_or_secret(variable); // somebody overrode it
        if (contains(facts_.local.predefined_variables, variable.key)) return cover_of_varying(variable, Grammar::text);
        const Predefined* known = find_predefined(variable.key);
        if (!known || known->kind == VariableClass::steady) return digest_or_secret(variable);
        if (known->kind == VariableClass::varying) return cover_of_varying(variable, known->grammar);
        return cover_of_verified(variable, known->grammar);
    }

    Cover cover_of_verified(const Variable& variable, Grammar grammar)
    {
        if (is_token_name(variable.key) || is_repository_name(variable.key)) return cover_of_credential(variable);
        const auto expected = expected_value(variable.key, facts_);
        if (!expected) return cover_of_varying(variable, grammar);
        if (*expected != variable.value || is_credential(variable))
            contradiction(variable.key, *expected, is_credential(variable) ? "a credential" : variable.value);
        return literal(variable) ? Cover::outside : digest_or_secret(variable);
    }

    Cover cover_of_credential(const Variable& variable)
    {
        const auto proof = is_token_name(variable.key) ? Evidence::job_token : Evidence::repository_url;
        if (variable.evidence != proof) contradiction(variable.key, "the value of the payload's own field", "another");
        return variable.file ? digest_or_secret(variable) : Cover::outside;
    }

    void contradiction(std::string_view name, std::string expected, std::string found)
    {
        object("PAY-IDENT", std::string(name) + " = " + expected, std::move(found),
               "remove the override of " + std::string(name) + "; if nobody made one, ask who changed GitLab's answer");
    }

    void object(std::string code, std::string expected, std::string found, std::string remedy)
    {
        const std::string check = code == "PAY-IDENT" ? "identity" : "variables";
        report_.objections.push_back(
            {std::move(code), check, std::move(expected), std::move(found), std::move(remedy)});
    }

    const JobFacts& facts_;
    const std::vector<std::string>& free_;
    VariableReport report_;
};

} // namespace

VariableReport classify(const JobFacts& facts, const std::vector<std::string>& free_variables)
{
    return Classifier(facts, free_variables).run();
}

bool is_variable_name(std::string_view name) noexcept
{
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    const auto good = [&](char c) { return letter(c) || (c >= '0' && c <= '9'); };
    if (name.empty() || name.size() > 255 || !letter(name.front())) return false;
    return std::all_of(name.begin(), name.end(), good) && !name.starts_with("BASH_FUNC_");
}

} // namespace ysnp::checks
