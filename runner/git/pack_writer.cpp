#include "runner/git/pack_writer.h"
#include "runner/git/sha1.h"
#include "runner/git/source_fault.h"
#include <algorithm>
#include <filesystem>
#include <zlib.h>

namespace ysnp::git {
namespace {

struct Written {
    Oid oid;
    std::uint32_t crc;
    std::uint64_t offset;
};

std::string big_endian(std::uint64_t value, int bytes)
{
    std::string text;
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) text += static_cast<char>(value >> shift);
    return text;
}

std::uint32_t crc_of(std::uint32_t crc, std::string_view bytes)
{
    return static_cast<std::uint32_t>(
        crc32(crc, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

std::string entry_head(unsigned type, std::uint64_t size)
{
    std::string head;
    auto byte = static_cast<unsigned>(type << 4 | (size & 15));
    for (size >>= 4; size != 0; size >>= 7) {
        head += static_cast<char>(byte | 0x80);
        byte = static_cast<unsigned>(size & 0x7F);
    }
    head += static_cast<char>(byte);
    return head;
}

/// A file that is hashed while it is written.
class HashedFile {
public:
    explicit HashedFile(const std::string& path) : file_(File::create(path)) {}
    void write(std::string_view bytes)
    {
        sha1_.update(bytes);
        position_ += bytes.size();
        buffer_.append(bytes);
        if (buffer_.size() >= (256u << 10)) flush();
    }
    Oid finish()
    {
        const Oid digest = sha1_.finish();
        buffer_.append(reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size());
        flush();
        return digest;
    }
    std::uint64_t position() const noexcept { return position_; }

private:
    void flush()
    {
        file_.write(buffer_);
        buffer_.clear();
    }

    File file_;
    Sha1 sha1_;
    std::string buffer_;
    std::uint64_t position_ = 0;
};

class Writer {
public:
    Writer(const std::string& path, const std::vector<Oid>& objects, const std::vector<PackReader>& packs,
           const ObjectStore& store)
        : file_(path), objects_(objects), members_(objects.begin(), objects.end()), packs_(packs), store_(store)
    {
    }

    Oid write()
    {
        file_.write("PACK" + big_endian(2, 4) + big_endian(objects_.size(), 4));
        for (const Oid& oid : objects_) add(oid);
        return file_.finish();
    }

    std::vector<Written> take() { return std::move(written_); }

private:
    /// The first pack that has the object, always: so chains of deltas over several packs cannot form a circle.
    void add(const Oid& oid)
    {
        written_.push_back({oid, 0, file_.position()});
        for (const PackReader& pack : packs_) {
            const auto number = pack.find(oid);
            if (!number) continue;
            const PackReader::Entry entry = pack.entry(*number);
            if (entry.base && !members_.contains(*entry.base)) break;
            return copy(pack, entry);
        }
        deflate_object(oid);
    }

    void put(std::string_view bytes)
    {
        written_.back().crc = crc_of(written_.back().crc, bytes);
        file_.write(bytes);
    }

    void copy(const PackReader& pack, const PackReader::Entry& entry)
    {
        put(entry_head(entry.type, entry.size));
        if (entry.base) put({reinterpret_cast<const char*>(entry.base->bytes.data()), entry.base->bytes.size()});
        std::uint32_t crc = 0;
        for (std::uint64_t at = entry.offset; at < entry.end;) {
            const std::size_t piece = std::min<std::uint64_t>(buffer_.size(), entry.end - at);
            const std::size_t got = pack.pack().read_at(at, buffer_.data(), piece);
            if (got != piece) throw CorruptCache("a pack of the cache is cut short");
            const std::string_view bytes(buffer_.data(), got);
            crc = crc_of(crc, bytes);
            const std::uint64_t head =
                at < entry.data_offset ? std::min<std::uint64_t>(entry.data_offset - at, got) : 0;
            put(bytes.substr(head));
            at += got;
        }
        if (crc != entry.crc) throw CorruptCache("a pack of the cache does not have the checksum of its index");
    }

    void deflate_object(const Oid& oid)
    {
        const Object object = store_.read(oid);
        const std::string_view bytes = object.bytes();
        put(entry_head(static_cast<unsigned>(object.type()), bytes.size()));
        uLongf size = compressBound(bytes.size());
        std::string packed(size, '\0');
        if (compress2(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()),
                      bytes.size(), Z_BEST_SPEED) != Z_OK)
            throw SourceFault(SourceError::host, "cannot compress object " + oid.hex());
        put({packed.data(), size});
    }

    HashedFile file_;
    const std::vector<Oid>& objects_;
    OidSet members_;
    const std::vector<PackReader>& packs_;
    const ObjectStore& store_;
    std::vector<Written> written_;
    std::string buffer_ = std::string(256u << 10, '\0');
};

void write_offsets(HashedFile& file, const std::vector<Written>& entries)
{
    std::string wide;
    for (const Written& entry : entries) {
        if (entry.offset < 0x80000000u) {
            file.write(big_endian(entry.offset, 4));
            continue;
        }
        file.write(big_endian(0x80000000u | wide.size() / 8, 4));
        wide += big_endian(entry.offset, 8);
    }
    file.write(wide);
}

void write_index(const std::string& path, std::vector<Written> entries, const Oid& pack_checksum)
{
    std::sort(entries.begin(), entries.end(), [](const Written& a, const Written& b) { return a.oid < b.oid; });
    HashedFile file(path);
    file.write("\377tOc" + big_endian(2, 4));
    std::size_t below = 0;
    for (unsigned first = 0; first < 256; ++first) {
        while (below < entries.size() && entries[below].oid.bytes[0] <= first) ++below;
        file.write(big_endian(below, 4));
    }
    for (const Written& entry : entries) file.write({reinterpret_cast<const char*>(entry.oid.bytes.data()), 20});
    for (const Written& entry : entries) file.write(big_endian(entry.crc, 4));
    write_offsets(file, entries);
    file.write({reinterpret_cast<const char*>(pack_checksum.bytes.data()), 20});
    file.finish();
}

} // namespace

std::vector<PackReader> open_packs(const std::string& objects_dir)
{
    std::vector<std::string> stems;
    const std::filesystem::path folder = std::filesystem::path(objects_dir) / "pack";
    for (const auto& item : std::filesystem::directory_iterator(folder))
        if (item.path().extension() == ".idx") stems.push_back((folder / item.path().stem()).string());
    std::sort(stems.begin(), stems.end());
    std::vector<PackReader> packs;
    for (const std::string& stem : stems) packs.emplace_back(stem);
    return packs;
}

void write_pack(const std::string& stem, const std::vector<Oid>& objects, const std::vector<PackReader>& packs,
                const ObjectStore& store)
{
    Writer writer(stem + ".pack", objects, packs, store);
    const Oid checksum = writer.write();
    write_index(stem + ".idx", writer.take(), checksum);
}

} // namespace ysnp::git
