#include "runner/git/cache_repack.h"
#include "runner/git/history.h"
#include "runner/git/pack_writer.h"
#include "runner/git/source_fault.h"
#include <algorithm>
#include <filesystem>

namespace ysnp::git {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t many = 32;

std::vector<fs::path> index_files(const Cache& cache)
{
    std::vector<fs::path> found;
    for (const auto& item : fs::directory_iterator(cache.objects_dir() + "/pack"))
        if (item.path().extension() == ".idx") found.push_back(item.path());
    return found;
}

void write_joined(const Cache& cache, git_repository* repository, const ObjectStore& store, const Limits& limits)
{
    const History history = walk_history(store, cache.tips(repository), 0, limits);
    const std::string draft = cache.packs_dir() + "/joined", stem = cache.objects_dir() + "/pack/pack-" + Oid{}.hex();
    fs::remove(draft + ".pack");
    fs::remove(draft + ".idx");
    write_pack(draft, objects_of(store, history, limits), open_packs(cache.objects_dir()), store);
    // An older joined pack keeps its place until the new one is whole: the index goes last and comes last.
    fs::remove(stem + ".idx");
    fs::rename(draft + ".pack", stem + ".pack");
    fs::rename(draft + ".idx", stem + ".idx");
}

} // namespace

void repack_if_many(const Cache& cache, git_repository* repository, ObjectStore& store, const Limits& limits)
{
    const std::vector<fs::path> before = index_files(cache);
    if (before.size() < many) return;
    try {
        write_joined(cache, repository, store, limits);
    } catch (const SourceFault& fault) {
        throw CorruptCache(std::string("the packs of the cache cannot be joined: ") + fault.what());
    }
    const fs::path joined = cache.objects_dir() + "/pack/pack-" + Oid{}.hex() + ".idx";
    for (const fs::path& index : before) {
        if (index == joined) continue;
        fs::remove(index);
        fs::remove(fs::path(index).replace_extension(".pack"));
    }
    store.refresh();
}

} // namespace ysnp::git
