#include "runner/git/history.h"
#include "runner/git/source_fault.h"
#include <algorithm>

namespace ysnp::git {
namespace {

[[noreturn]] void too_many(const Limits& limits)
{
    throw SourceFault(SourceError::limit, "the history has more than " + std::to_string(limits.objects) +
                                              " objects. Use a smaller GIT_DEPTH, or raise the limit");
}

/// Breadth first, so that each commit is met at its least distance from a tip.
class Walk {
public:
    Walk(const ObjectStore& store, std::uint32_t depth, const Limits& limits)
        : store_(store), depth_(depth), limits_(limits)
    {
    }

    void start_at(Oid tip)
    {
        for (int hops = 0; hops < 16; ++hops) { // tags may name tags
            if (!store_.has(tip)) return history_.missing.push_back(tip);
            switch (store_.head(tip).type) {
            case ObjectType::commit:
                return meet(tip);
            case ObjectType::tree:
            case ObjectType::blob:
                return history_.others.push_back(tip);
            case ObjectType::tag:
                break;
            }
            if (!seen_.insert(tip).second) return;
            history_.tags.push_back(tip);
            const Object tag = store_.read(tip, ObjectType::tag);
            tip = parse_tag(tag.bytes(), tip).target;
        }
        throw SourceFault(SourceError::limit, "tag " + tip.hex() + " names a tag that names a tag, and so on");
    }

    History finish()
    {
        history_.tips = next_.size();
        for (std::uint32_t level = 1; !next_.empty(); ++level) {
            const std::vector<Oid> now = std::exchange(next_, {});
            for (const Oid& oid : now) visit(oid, depth_ != 0 && level >= depth_);
        }
        std::sort(history_.shallow.begin(), history_.shallow.end());
        return std::move(history_);
    }

private:
    void meet(const Oid& oid)
    {
        if (!seen_.insert(oid).second) return;
        if (seen_.size() > limits_.objects) too_many(limits_);
        if (store_.has(oid))
            next_.push_back(oid);
        else
            history_.missing.push_back(oid);
    }

    void visit(const Oid& oid, bool last)
    {
        const Object object = store_.read(oid, ObjectType::commit);
        const Commit commit = parse_commit(object.bytes(), oid);
        history_.commits.push_back(oid);
        history_.trees.push_back(commit.tree);
        if (last && !commit.parents.empty()) return history_.shallow.push_back(oid);
        bool cut = false;
        for (const Oid& parent : commit.parents) {
            meet(parent);
            cut = cut || !store_.has(parent);
        }
        if (cut) history_.cut.push_back(oid);
    }

    const ObjectStore& store_;
    std::uint32_t depth_;
    const Limits& limits_;
    OidSet seen_;
    std::vector<Oid> next_;
    History history_;
};

/// Collects what trees refer to; a tree met again is not opened again.
class Collector {
public:
    Collector(const ObjectStore& store, const Limits& limits) : store_(store), limits_(limits) {}

    void add(const Oid& oid)
    {
        if (!seen_.insert(oid).second) return;
        if (seen_.size() > limits_.objects) too_many(limits_);
        all_.push_back(oid);
    }

    /// Without recursion: a hostile tree may be deep.
    void add_tree(const Oid& root)
    {
        open_.push_back(root);
        while (!open_.empty()) {
            const Oid oid = open_.back();
            open_.pop_back();
            if (seen_.contains(oid)) continue;
            add(oid);
            const Object tree = store_.read(oid, ObjectType::tree);
            for (const TreeEntry& entry : parse_tree(tree.bytes(), oid)) add_entry(entry, oid);
        }
    }

    std::vector<Oid> take() { return std::move(all_); }

private:
    void add_entry(const TreeEntry& entry, const Oid& tree)
    {
        const auto type = entry_type(entry.mode);
        if (!type) throw SourceFault(SourceError::object, "tree " + tree.hex() + " has an entry of unknown mode");
        if (*type == EntryType::folder)
            open_.push_back(entry.oid);
        else if (*type != EntryType::submodule)
            add(entry.oid);
    }

    const ObjectStore& store_;
    const Limits& limits_;
    OidSet seen_;
    std::vector<Oid> all_, open_;
};

} // namespace

History walk_history(const ObjectStore& store, const std::vector<Oid>& tips, std::uint32_t depth, const Limits& limits)
{
    Walk walk(store, depth, limits);
    for (const Oid& tip : tips) walk.start_at(tip);
    return walk.finish();
}

void add_tag(const ObjectStore& store, Oid tag, History& history)
{
    for (int hops = 0; hops < 16 && store.has(tag) && store.head(tag).type == ObjectType::tag; ++hops) {
        history.tags.push_back(tag);
        const Object object = store.read(tag, ObjectType::tag);
        tag = parse_tag(object.bytes(), tag).target;
    }
}

std::vector<Oid> objects_of(const ObjectStore& store, const History& history, const Limits& limits)
{
    Collector collector(store, limits);
    for (const Oid& commit : history.commits) collector.add(commit);
    for (const Oid& tag : history.tags) collector.add(tag);
    for (const Oid& tree : history.trees) collector.add_tree(tree);
    for (const Oid& other : history.others) {
        if (store.head(other).type == ObjectType::tree)
            collector.add_tree(other);
        else
            collector.add(other);
    }
    return collector.take();
}

} // namespace ysnp::git
