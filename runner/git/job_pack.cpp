#include "runner/git/job_pack.h"
#include "runner/git/pack_writer.h"
#include "runner/git/sha1.h"
#include "runner/git/source_fault.h"
#include <algorithm>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace ysnp::git {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_kept = 8;

/// Commits, where history is cut, tags and what tags name decide all objects.
std::string key_of(const History& history)
{
    Sha1 sha1;
    for (const auto* part : {&history.commits, &history.shallow, &history.tags, &history.others}) {
        std::vector<Oid> sorted = *part;
        std::sort(sorted.begin(), sorted.end());
        sha1.update(std::to_string(sorted.size()) + ":");
        for (const Oid& oid : sorted) sha1.update({reinterpret_cast<const char*>(oid.bytes.data()), oid.bytes.size()});
    }
    return sha1.finish().hex();
}

void forget_oldest(const std::string& dir)
{
    std::vector<std::pair<fs::file_time_type, fs::path>> packs;
    std::error_code code;
    for (const auto& item : fs::directory_iterator(dir, code))
        if (item.path().extension() == ".pack") packs.emplace_back(item.last_write_time(code), item.path());
    std::sort(packs.begin(), packs.end());
    for (std::size_t i = 0; i + most_kept < packs.size(); ++i) {
        fs::remove(packs[i].second, code);
        fs::remove(fs::path(packs[i].second).replace_extension(".idx"), code);
    }
}

/// The cache's only pack is the job's, if it has as many objects: a fresh fetch brings just what the job needs.
bool linked(const Cache& cache, const std::vector<PackReader>& packs, std::size_t objects, const std::string& stem)
{
    if (packs.size() != 1 || packs.front().count() != objects) return false;
    for (const auto& item : fs::directory_iterator(cache.objects_dir() + "/pack")) {
        const std::string extension = item.path().extension().string();
        if (extension != ".pack" && extension != ".idx") continue;
        if (::link(item.path().c_str(), (stem + extension).c_str()) != 0) return false;
    }
    return true;
}

void make(const Cache& cache, const ObjectStore& store, const History& history, const Limits& limits,
          const std::string& stem)
{
    const std::string draft = stem + "." + std::to_string(::getpid());
    const std::vector<Oid> objects = objects_of(store, history, limits);
    const std::vector<PackReader> packs = open_packs(cache.objects_dir());
    std::error_code code;
    if (!linked(cache, packs, objects.size(), draft)) {
        fs::remove(draft + ".pack", code);
        fs::remove(draft + ".idx", code);
        write_pack(draft, objects, packs, store);
    }
    fs::rename(draft + ".pack", stem + ".pack");
    fs::rename(draft + ".idx", stem + ".idx"); // last: who finds the index finds the pack
}

/// The trailer of a pack is its checksum; it names the pack, as git does.
JobPack open_pack(const std::string& stem)
{
    File pack = File::open_to_read(stem + ".pack");
    File index = File::open_to_read(stem + ".idx");
    char head[12] = {}, trailer[20] = {};
    const std::uint64_t size = pack.size();
    if (size < 32 || pack.read_at(0, head, 12) != 12 || pack.read_at(size - 20, trailer, 20) != 20)
        throw CorruptCache("a pack of the cache is cut short");
    std::uint64_t objects = 0;
    for (int i = 8; i < 12; ++i) objects = objects << 8 | static_cast<unsigned char>(head[i]);
    return {"pack-" + oid_from_bytes(trailer).hex(), std::move(pack), std::move(index), objects};
}

} // namespace

JobPack job_pack(const Cache& cache, const ObjectStore& store, const History& history, const Limits& limits)
{
    const std::string stem = cache.packs_dir() + "/" + key_of(history);
    if (!fs::exists(stem + ".idx")) make(cache, store, history, limits, stem);
    JobPack pack = open_pack(stem);
    ::utimensat(AT_FDCWD, (stem + ".pack").c_str(), nullptr, 0); // used just now
    forget_oldest(cache.packs_dir());
    return pack;
}

} // namespace ysnp::git
