#include "checks/document_reader.h"
#include <algorithm>

namespace ysnp::checks {
namespace {

/// v1's reactions: abort wins over asking; with neither the check would only inform.
std::optional<OnFail> reaction(const Reader& check, const std::optional<Reader>& options, bool abort_by_default,
                               bool legacy_profiles, Policy& policy)
{
    const auto flag = [&](std::string_view name, bool otherwise) {
        const auto member = options ? options->member(name) : std::nullopt;
        return member ? member->boolean().value_or(otherwise) : otherwise;
    };
    if (options) options->exact_case({"abortOnFail", "mfaOnFail"});
    const bool abort = flag("abortOnFail", abort_by_default);
    const bool mfa = flag("mfaOnFail", false);
    if (abort) return OnFail::refuse;
    if (mfa) return OnFail::ask;
    if (!legacy_profiles) {
        check.fault("a check that neither refuses nor asks", "options.abortOnFail or options.mfaOnFail set to true",
                    "set one of them, or gate.legacy_profiles: true in the runner's configuration");
        return std::nullopt;
    }
    policy.notes.push_back(check.document() + ": " + check.path() + " only informs (legacy_profiles)");
    return OnFail::inform;
}

std::optional<CheckKind> kind_named(std::string_view name)
{
    if (same_but_case(name, "imageHash")) return CheckKind::image_hash;
    if (same_but_case(name, "scriptHash")) return CheckKind::script_hash;
    if (same_but_case(name, "mfaRequired")) return CheckKind::mfa_required;
    if (same_but_case(name, "dateTimeCheck")) return CheckKind::date_time;
    return std::nullopt;
}

MfaStage stage_of(const std::optional<Reader>& options)
{
    if (options) options->exact_case({"checkType"});
    const auto member = options ? options->member("checkType") : std::nullopt;
    const auto text = member ? member->text() : std::nullopt;
    if (text && same_but_case(*text, "image")) return MfaStage::image;
    if (text && same_but_case(*text, "script")) return MfaStage::script;
    return MfaStage::all; // as v1 does for any other text: it asks more
}

std::optional<Check> read_check(const Reader& item, bool legacy_profiles, Policy& policy)
{
    if (!item.is_object()) return std::nullopt;
    const auto name_member = item.member_any_case("name");
    const auto name = name_member ? name_member->text() : std::nullopt;
    const auto kind = name ? kind_named(*name) : std::nullopt;
    if (!kind) {
        item.fault(name ? "an unknown check" : "no check name", "imageHash, scriptHash, mfaRequired or dateTimeCheck",
                   "correct the name");
        return std::nullopt;
    }
    auto options = item.member_any_case("options");
    if (options && options->is_null()) options.reset();
    if (options && !options->is_object()) return std::nullopt;
    Check check;
    check.kind = *kind;
    check.document = item.document();
    check.path = item.path();
    if (*kind == CheckKind::mfa_required) {
        check.stage = stage_of(options);
        return check;
    }
    if (*kind == CheckKind::date_time && options) {
        options->exact_case({"scale", "intervals", "tolerance", "time", "timezone"});
        check.window = read_window(*options, "local");
    }
    const auto on_fail = reaction(item, options, *kind == CheckKind::date_time, legacy_profiles, policy);
    if (!on_fail) return std::nullopt;
    check.on_fail = *on_fail;
    return check;
}

void read_job(const Reader& item, bool legacy_profiles, Policy& policy)
{
    if (!item.is_object()) return;
    const auto name_member = item.member_any_case("jobName");
    const auto name = name_member ? name_member->text() : std::nullopt;
    if (!name || name->empty()) {
        item.fault("no job name", "jobName with a job's name or `default`", "add it");
        return;
    }
    JobChecks job{*name, {}};
    const auto checks = item.member_any_case("checks");
    if (checks)
        for (const Reader& check : checks->items())
            if (auto read = read_check(check, legacy_profiles, policy)) job.checks.push_back(std::move(*read));
    if (!checks || checks->json().empty())
        item.fault("no checks", "at least one check in `checks`", "add one; v1 ran such a job unchecked");
    auto& jobs = *policy.v1_jobs;
    const bool twice =
        std::any_of(jobs.begin(), jobs.end(), [&](const JobChecks& other) { return other.job == *name; });
    if (twice && !legacy_profiles)
        item.fault("the job \"" + *name + "\" a second time", "one entry a job", "join them");
    jobs.push_back(std::move(job));
}

} // namespace

void read_project_config(const Reader& root, bool legacy_profiles, Policy& policy)
{
    policy.v1_jobs.emplace();
    if (!root.is_object()) return;
    if (const auto jobs = root.member_any_case("jobs"); jobs && !jobs->is_null())
        for (const Reader& item : jobs->items()) read_job(item, legacy_profiles, policy);
}

void read_namespace_config(const Reader& root, Policy& policy)
{
    if (!root.is_object()) return;
    const auto logger = root.member_any_case("logger");
    if (!logger || logger->is_null() || !logger->is_object()) return;
    const auto name = logger->member_any_case("name");
    const auto text = name ? name->text() : std::nullopt;
    if (text && same_but_case(*text, "mattermost")) policy.logger = "mattermost";
}

} // namespace ysnp::checks
