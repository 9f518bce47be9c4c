#include "gitlab-api/decode_parts.h"
#include <algorithm>
#include <array>
#include <span>

namespace ysnp::gitlab {
namespace {

constexpr std::size_t line_bytes = 4u << 20;
constexpr std::size_t most_lines = 20'000;
constexpr auto known_steps = std::to_array<std::string_view>({"script", "release", "after_script"});
constexpr auto known_hooks = std::to_array<std::string_view>({"pre_get_sources_script", "post_get_sources_script"});

std::string decode_name(const JsonReader& from, std::span<const std::string_view> known, std::string_view names)
{
    auto name = from.text(1024);
    if (std::ranges::find(known, name) == known.end())
        from.refuse(PayloadRefusal::step, std::string(names), name.empty() ? "an empty name" : "another name");
    return name;
}

template <class Named>
void refuse_repeated(const std::vector<Named>& all, const JsonReader& from)
{
    for (std::size_t i = 0; i < all.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (all[i].name == all[j].name)
                from.refuse(PayloadRefusal::step, "each name once", "\"" + all[i].name + "\" twice");
}

Step decode_step(const JsonReader& from, std::vector<UnknownField>& unknown)
{
    from.expect_object();
    from.report_unknown({"name", "script", "timeout", "when", "allow_failure"}, JsonReader::Report::all_unknown,
                        unknown);
    Step step;
    step.name = decode_name(from.member("name"), known_steps, "\"script\", \"release\" or \"after_script\"");
    step.script = from.member("script").texts(most_lines, line_bytes);
    if (const auto timeout = from.member("timeout").maybe_integer(0)) step.timeout = std::chrono::seconds(*timeout);
    step.when = decode_when(from.member("when"));
    step.allow_failure = from.member("allow_failure").flag_or(false);
    return step;
}

Hook decode_hook(const JsonReader& from, std::vector<UnknownField>& unknown)
{
    from.expect_object();
    from.report_unknown({"name", "script"}, JsonReader::Report::all_unknown, unknown);
    Hook hook;
    hook.name =
        decode_name(from.member("name"), known_hooks, "\"pre_get_sources_script\" or \"post_get_sources_script\"");
    hook.script = from.member("script").texts(most_lines, line_bytes);
    return hook;
}

} // namespace

std::string_view to_string(When when) noexcept
{
    switch (when) {
    case When::on_failure:
        return "on_failure";
    case When::always:
        return "always";
    case When::on_success:
        break;
    }
    return "on_success";
}

When decode_when(const JsonReader& from)
{
    const auto when = from.text_or("", 64);
    if (when.empty() || when == "on_success") return When::on_success;
    if (when == "on_failure") return When::on_failure;
    if (when == "always") return When::always;
    from.refuse(PayloadRefusal::json, "\"on_success\", \"on_failure\" or \"always\"", "other text");
}

std::vector<Step> decode_steps(const JsonReader& from, std::vector<UnknownField>& unknown)
{
    std::vector<Step> steps;
    for (const auto& step : from.elements(32)) steps.push_back(decode_step(step, unknown));
    refuse_repeated(steps, from);
    const auto has = [&](std::string_view name) {
        return std::ranges::any_of(steps, [&](const Step& step) { return step.name == name; });
    };
    if (has("after_script") && !has("script"))
        from.refuse(PayloadRefusal::step, "a script before after_script", "after_script alone");
    return steps;
}

std::vector<Hook> decode_hooks(const JsonReader& from, std::vector<UnknownField>& unknown)
{
    std::vector<Hook> hooks;
    for (const auto& hook : from.elements(32)) hooks.push_back(decode_hook(hook, unknown));
    refuse_repeated(hooks, from);
    return hooks;
}

} // namespace ysnp::gitlab
