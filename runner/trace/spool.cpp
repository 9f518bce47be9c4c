#include "runner/trace/spool.h"
#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace ysnp::trace {

namespace {

/// A file without a name; -1 where the folder takes none.
int nameless_file(const std::filesystem::path& folder)
{
    const int file = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR)) return file;
    std::string name = (folder / "trace-XXXXXX").string(); // file systems without O_TMPFILE
    const int named = ::mkostemp(name.data(), O_CLOEXEC);
    if (named >= 0) ::unlink(name.c_str());
    return named;
}

} // namespace

Spool::Spool(std::filesystem::path folder) : folder_(std::move(folder)) {}

Spool::~Spool()
{
    if (file_ >= 0) ::close(file_);
}

void Spool::append(std::string_view bytes)
{
    if (tail_.size() + bytes.size() < in_memory || disk_ == Disk::refused) {
        tail_ += bytes;
        return;
    }
    if (!tail_.empty() && store(tail_)) tail_.clear();
    if (!tail_.empty() || bytes.size() < in_memory || !store(bytes)) tail_ += bytes;
}

/// Writes all of the bytes or, as far as size() can tell, none.
bool Spool::store(std::string_view bytes)
{
    if (disk_ == Disk::unused) {
        file_ = nameless_file(folder_);
        disk_ = file_ >= 0 ? Disk::open : Disk::refused;
    }
    for (std::uint64_t at = on_disk_; disk_ == Disk::open && !bytes.empty();) {
        const auto written = ::pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(at));
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) {
            disk_ = Disk::refused; // full: what was stored stays readable, the rest stays in memory
            return false;
        }
        at += static_cast<std::uint64_t>(written);
        bytes.remove_prefix(static_cast<std::size_t>(written));
        if (bytes.empty()) on_disk_ = at;
    }
    return disk_ == Disk::open;
}

std::string Spool::read(std::uint64_t offset, std::size_t most) const
{
    if (offset >= size()) return {};
    std::string result(static_cast<std::size_t>(std::min<std::uint64_t>(most, size() - offset)), '\0');
    std::size_t done = 0;
    while (done < result.size() && offset + done < on_disk_) {
        const auto wanted = std::min<std::uint64_t>(result.size() - done, on_disk_ - offset - done);
        const auto got =
            ::pread(file_, result.data() + done, static_cast<std::size_t>(wanted), static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0)
            throw std::system_error(got < 0 ? errno : EIO, std::generic_category(), "reading the trace's spool file");
        done += static_cast<std::size_t>(got);
    }
    if (done < result.size())
        tail_.copy(result.data() + done, result.size() - done, static_cast<std::size_t>(offset + done - on_disk_));
    return result;
}

} // namespace ysnp::trace
