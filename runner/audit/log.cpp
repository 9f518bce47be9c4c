#include "runner/audit/log.h"
#include "runner/audit/chain.h"
#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace ysnp::audit {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& doing)
{
    throw std::system_error(errno, std::system_category(), "audit: " + doing);
}
[[noreturn]] void distrust(const std::string& why)
{
    throw std::system_error(std::make_error_code(std::errc::operation_not_permitted), "audit: " + why);
}

class Descriptor {
public:
    explicit Descriptor(int value = -1) : value_(value) {}
    Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept
    {
        std::swap(value_, other.value_);
        return *this;
    }
    ~Descriptor()
    {
        if (value_ >= 0) ::close(value_);
    }
    int get() const { return value_; }

private:
    int value_;
};

/// Opens a regular file that nobody else can write.
Descriptor open_ours(const fs::path& path, int flags)
{
    Descriptor file(::open(path.c_str(), flags | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0640));
    if (file.get() < 0) fail("open " + path.string());
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) fail("examine " + path.string());
    if (!S_ISREG(status.st_mode)) distrust(path.string() + " is not a regular file");
    if (status.st_uid != ::geteuid() && status.st_uid != 0) distrust(path.string() + " belongs to another user");
    if (status.st_mode & (S_IWGRP | S_IWOTH)) distrust(path.string() + " can be written by others");
    return file;
}

std::string read_all(int file, const fs::path& path)
{
    std::string content;
    char buffer[65536];
    for (off_t at = 0;;) {
        const ssize_t got = ::pread(file, buffer, sizeof buffer, at);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) fail("read " + path.string());
        if (got == 0) return content;
        content.append(buffer, static_cast<std::size_t>(got));
        at += got;
    }
}

/// Last whole line of a file's content, without its newline.
std::string_view last_line(std::string_view content)
{
    if (!content.ends_with('\n')) return {};
    content.remove_suffix(1);
    const auto before = content.rfind('\n');
    return before == content.npos ? content : content.substr(before + 1);
}

fs::path numbered(const fs::path& file, int number) { return file.string() + "." + std::to_string(number); }

void sync_folder(const fs::path& file)
{
    const fs::path folder = file.parent_path().empty() ? "." : file.parent_path();
    const Descriptor handle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (handle.get() < 0 || ::fsync(handle.get()) != 0) fail("make the file's name durable");
}

} // namespace

struct Log::State {
    Options options;
    Descriptor lock, file;
    Position head{0, std::string(genesis), {}};
    std::uint64_t size = 0;
    bool poisoned = false;

    void open();
    void take_lock();
    void keep_torn_tail(std::string_view content);
    void read_head(std::string_view content, const fs::path& path);
    void write_line(const std::string& line);
    void rotate();
    void expect_in_place() const;
    Position append(const Record& record);
};

void Log::State::take_lock()
{
    lock = open_ours(options.file.string() + ".lock", O_RDWR);
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0)
        distrust("another process writes " + options.file.string() + ": wait for the ysnprunner that does, or stop it");
}

void Log::State::read_head(std::string_view content, const fs::path& path)
{
    const auto line = last_line(content);
    if (line.empty()) return;
    std::string problem;
    const auto link = read_link(line, problem);
    if (!link) distrust(path.string() + ": last record: " + problem + " (`ysnprunner audit verify` says more)");
    head = {link->seq, link->hash, link->time};
}

void Log::State::open()
{
    take_lock();
    const fs::path before = numbered(options.file, 1);
    if (fs::exists(before)) {
        const Descriptor rotated = open_ours(before, O_RDONLY);
        read_head(read_all(rotated.get(), before), before);
    }
    file = open_ours(options.file, O_RDWR | O_APPEND);
    const std::string content = read_all(file.get(), options.file);
    const auto end = content.rfind('\n');
    const std::size_t whole = end == std::string::npos ? 0 : end + 1;
    read_head(std::string_view(content).substr(0, whole), options.file);
    size = whole;
    sync_folder(options.file);
    if (whole != content.size()) keep_torn_tail(std::string_view(content).substr(whole));
}

/// A crash cut the last line short: it is kept aside, and the chain says so.
void Log::State::keep_torn_tail(std::string_view tail)
{
    const std::string aside = options.file.string() + ".torn-" + std::to_string(head.seq + 1);
    const Descriptor copy = open_ours(aside, O_WRONLY | O_TRUNC);
    if (::write(copy.get(), tail.data(), tail.size()) != static_cast<ssize_t>(tail.size()) || ::fsync(copy.get()) != 0)
        fail("keep the torn record in " + aside);
    if (::ftruncate(file.get(), static_cast<off_t>(size)) != 0) fail("cut off the torn record");
    append({"recovered", 0, "", "{\"torn_bytes\":" + std::to_string(tail.size()) + "}"});
}

void Log::State::write_line(const std::string& line)
{
    std::string_view rest = line;
    while (!rest.empty()) {
        const ssize_t written = ::write(file.get(), rest.data(), rest.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) fail("append to " + options.file.string());
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fdatasync(file.get()) != 0) fail("make a record durable in " + options.file.string());
}

void Log::State::rotate()
{
    int count = 1;
    while (fs::exists(numbered(options.file, count))) ++count;
    for (; count > 1; --count) fs::rename(numbered(options.file, count - 1), numbered(options.file, count));
    fs::rename(options.file, numbered(options.file, 1));
    file = open_ours(options.file, O_RDWR | O_APPEND);
    sync_folder(options.file);
    size = 0;
}

/// A record in a file that was removed, replaced or cut under our hands would be on no disk that anybody reads.
void Log::State::expect_in_place() const
{
    struct stat ours {
    }, named{};
    if (::fstat(file.get(), &ours) != 0) fail("examine " + options.file.string());
    const bool there = ::lstat(options.file.c_str(), &named) == 0;
    if (!there || named.st_ino != ours.st_ino || named.st_dev != ours.st_dev)
        distrust(options.file.string() +
                 " was removed or replaced while the runner writes it; put it back, or restart");
    if (static_cast<std::uint64_t>(ours.st_size) != size)
        distrust(options.file.string() + " was changed by somebody else (`ysnprunner audit verify` says more)");
}

Position Log::State::append(const Record& record)
{
    if (poisoned) distrust("an earlier record could not be written; restart the runner when the file is sound again");
    expect_in_place();
    if (options.rotate_at != 0 && size >= options.rotate_at) rotate();
    Position next{head.seq + 1, {}, timestamp_now()};
    const std::string line = seal(record, next.seq, head.hash, next.time, next.hash) + "\n";
    try {
        write_line(line);
    } catch (...) {
        // after a failed sync nobody knows what is on the disk, and a half line would end the chain
        const bool cut = ::ftruncate(file.get(), static_cast<off_t>(size)) == 0 && ::fdatasync(file.get()) == 0;
        poisoned = !cut;
        throw;
    }
    size += line.size();
    head = next;
    return head;
}

Log::Log(Options options) : state_(std::make_unique<State>())
{
    state_->options = std::move(options);
    state_->open();
}

Log::~Log() = default;
Log::Log(Log&&) noexcept = default;
Log& Log::operator=(Log&&) noexcept = default;

Position Log::append(const Record& record) { return state_->append(record); }
const Position& Log::head() const noexcept { return state_->head; }

} // namespace ysnp::audit
