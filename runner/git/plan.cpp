#include "runner/git/plan.h"
#include "runner/git/source_fault.h"
#include <algorithm>

namespace ysnp::git {
namespace {

constexpr std::string_view peeled_suffix = "^{}";

bool is_peeled(const Advertised& ref) { return std::string_view(ref.name).ends_with(peeled_suffix); }

/// Notes the ref for every refspec that is about it; says whether one was.
bool map_ref(const Advertised& ref, const std::vector<Refspec>& refspecs, std::vector<bool>& matched, Plan& plan)
{
    bool wanted = false;
    for (std::size_t i = 0; i < refspecs.size(); ++i) {
        const auto destination = refspecs[i].map(ref.name);
        if (!destination) continue;
        if (!valid_ref_name(*destination))
            throw SourceFault(SourceError::object,
                              "the remote has a ref that git does not accept: \"" + printable(ref.name) + "\"");
        plan.refs[*destination] = ref.oid;
        matched[i] = wanted = true;
    }
    return wanted;
}

void expect_all(const std::vector<Refspec>& refspecs, const std::vector<bool>& matched)
{
    for (std::size_t i = 0; i < refspecs.size(); ++i)
        if (!matched[i] && !refspecs[i].wildcard)
            throw SourceFault(SourceError::ref, "couldn't find remote ref " + printable(refspecs[i].source) +
                                                    ": it was deleted since the pipeline was created");
}

void collect_tips(const Oid& sha, Plan& plan)
{
    for (const auto& [name, oid] : plan.refs) plan.tips.push_back(oid);
    plan.sha_is_tip = std::find(plan.tips.begin(), plan.tips.end(), sha) != plan.tips.end();
    plan.tips.push_back(sha);
    std::sort(plan.tips.begin(), plan.tips.end());
    plan.tips.erase(std::unique(plan.tips.begin(), plan.tips.end()), plan.tips.end());
}

} // namespace

Plan make_plan(const std::vector<Advertised>& advertised, const std::vector<Refspec>& refspecs, const Oid& sha,
               TagFollowing tags)
{
    Plan plan;
    std::vector<bool> matched(refspecs.size(), false);
    for (std::size_t i = 0; i < advertised.size(); ++i) {
        const Advertised& ref = advertised[i];
        if (is_peeled(ref)) continue;
        if (map_ref(ref, refspecs, matched, plan)) {
            plan.wants.push_back({ref.name});
        } else if (tags == TagFollowing::reachable && ref.name.starts_with("refs/tags/") && valid_ref_name(ref.name)) {
            const bool annotated = i + 1 < advertised.size() && advertised[i + 1].name == ref.name + "^{}";
            plan.tags.push_back({ref.name, ref.oid, annotated ? advertised[i + 1].oid : ref.oid});
        }
    }
    expect_all(refspecs, matched);
    collect_tips(sha, plan);
    return plan;
}

} // namespace ysnp::git
