#include "conf/write_file.h"
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace ysnp::conf {
namespace {

[[noreturn]] void fail(const std::string& what) { throw std::system_error(errno, std::generic_category(), what); }

/// A file being written beside the one it replaces; removed again unless it was put in its place.
class Draft {
public:
    explicit Draft(const std::filesystem::path& target)
        : target_(target), path_(target.string() + "." + std::to_string(::getpid()) + ".new")
    {
        ::unlink(path_.c_str());
        descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (descriptor_ < 0) fail("cannot write " + target_.string());
    }
    ~Draft()
    {
        if (descriptor_ >= 0) ::close(descriptor_);
        if (!placed_) ::unlink(path_.c_str());
    }
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;

    void write(std::string_view text)
    {
        while (!text.empty()) {
            const ssize_t count = ::write(descriptor_, text.data(), text.size());
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) fail("cannot write " + target_.string());
            text.remove_prefix(static_cast<std::size_t>(count));
        }
    }
    void give_to(uid_t owner, gid_t group, mode_t mode)
    {
        if (::fchown(descriptor_, owner, group) != 0 || ::fchmod(descriptor_, mode) != 0)
            fail("cannot set the owner of " + target_.string());
    }
    void place()
    {
        if (::fsync(descriptor_) != 0 || ::rename(path_.c_str(), target_.c_str()) != 0)
            fail("cannot write " + target_.string());
        placed_ = true;
    }

private:
    std::filesystem::path target_;
    std::string path_;
    int descriptor_ = -1;
    bool placed_ = false;
};

void sync_folder(const std::filesystem::path& folder)
{
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    ::fsync(descriptor);
    ::close(descriptor);
}

} // namespace

void write_file(const std::filesystem::path& file, std::string_view text, Readers readers)
{
    const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
    struct stat status {};
    if (::stat(folder.c_str(), &status) != 0) fail("cannot write " + file.string());
    Draft draft(file);
    draft.write(text);
    if (::geteuid() == 0 && readers == Readers::owner) draft.give_to(status.st_uid, status.st_gid, 0600);
    if (::geteuid() == 0 && readers == Readers::owner_and_group)
        draft.give_to(0, status.st_gid, status.st_gid == 0 ? 0600 : 0640);
    draft.place();
    sync_folder(folder);
}

} // namespace ysnp::conf
