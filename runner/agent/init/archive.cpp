#include "runner/agent/init/archive.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ysnp::agent {
namespace {

constexpr size_t most_pax = 2 * longest_path + 4096;
constexpr unsigned permissions = 0777; // no set-uid, set-gid or sticky bit comes out of an archive

/// An octal field of a ustar header. Anything else than digits, spaces and NULs makes `ok` false.
uint64_t octal(const unsigned char* field, size_t size, bool& ok)
{
    uint64_t value = 0;
    for (size_t i = 0; i < size && field[i] != 0; ++i) {
        if (field[i] == ' ') continue;
        if (field[i] < '0' || field[i] > '7') return ok = false, 0;
        value = value << 3 | static_cast<uint64_t>(field[i] - '0');
    }
    return value;
}

uint64_t decimal(Bytes digits, bool& ok)
{
    uint64_t value = 0;
    ok = digits.size != 0 && digits.size < 19;
    for (size_t i = 0; ok && i < digits.size; ++i) {
        if (digits.data[i] == '.' && i != 0) break; // times have a fraction
        ok = digits.data[i] >= '0' && digits.data[i] <= '9';
        value = value * 10 + static_cast<uint64_t>(digits.data[i] - '0');
    }
    return value;
}

bool copy(char* to, Bytes text)
{
    if (text.size == 0 || text.size >= longest_path || memchr(text.data, 0, text.size) != nullptr) return false;
    memcpy(to, text.data, text.size);
    to[text.size] = '\0';
    return true;
}

/// Puts a fixed field of a header, which need not end with a NUL, at `to`; says where it ends.
char* put_field(char* to, const unsigned char* field, size_t size)
{
    size_t length = 0;
    while (length < size && field[length] != 0) ++length;
    memcpy(to, field, length);
    to[length] = '\0';
    return to + length;
}

} // namespace

void Unpacker::begin(const char* directory, bool keep_times)
{
    keep_times_ = keep_times;
    part_ = Part::header;
    left_ = padding_ = filled_ = 0;
    zero_blocks_ = error_ = 0;
    files = directories = bytes = 0;
    pax_path_ = pax_link_ = pax_size_ = pax_time_ = false;
    if (file_ >= 0) close(file_);
    file_ = -1;
    strncpy(path_, directory, sizeof path_ - 1);
    fail(tree_.open(directory));
}

void Unpacker::feed(Bytes from)
{
    bytes += from.size;
    while (from.size != 0 && error_ == 0) {
        const size_t taken = take(from);
        from.data += taken, from.size -= taken;
    }
}

void Unpacker::end()
{
    if (part_ != Part::finished) fail(EBADMSG);
    if (file_ >= 0) close(file_);
    file_ = -1;
    pax_.clear();
    tree_.close();
}

size_t Unpacker::take(Bytes from)
{
    if (part_ == Part::finished) return from.size;
    return part_ == Part::header ? take_block(from) : take_content(from);
}

size_t Unpacker::take_block(Bytes from)
{
    const size_t lacks = sizeof block_ - filled_, taken = from.size < lacks ? from.size : lacks;
    memcpy(block_ + filled_, from.data, taken);
    filled_ += taken;
    if (filled_ == sizeof block_) filled_ = 0, header();
    return taken;
}

/// Any part of known size: pax records, a file's content, what is skipped, padding.
size_t Unpacker::take_content(Bytes from)
{
    size_t taken = from.size < left_ ? from.size : static_cast<size_t>(left_);
    if (part_ == Part::content) {
        const ssize_t put = write(file_, from.data, taken);
        if (put < 0 && errno != EINTR) return fail(errno), taken;
        taken = put < 0 ? 0 : static_cast<size_t>(put);
    }
    if (part_ == Part::pax && !pax_.add({from.data, taken})) return fail(ENOMEM), taken;
    left_ -= taken;
    if (left_ != 0) return taken;
    if (part_ == Part::content) finish_file();
    if (part_ == Part::pax) pax_records();
    expect(part_ == Part::padding ? Part::header : Part::padding, part_ == Part::padding ? 0 : padding_);
    return taken;
}

/// Goes on with `part` of `size` bytes; an empty one is passed over.
void Unpacker::expect(Part part, uint64_t size)
{
    part_ = part;
    left_ = size;
    if (part_ == Part::padding && left_ == 0) part_ = Part::header;
}

bool Unpacker::checksum_fits() const
{
    unsigned sum = 0;
    for (size_t i = 0; i < sizeof block_; ++i) sum += i >= 148 && i < 156 ? ' ' : block_[i];
    bool ok = true;
    return octal(block_ + 148, 8, ok) == sum && ok;
}

void Unpacker::header()
{
    bool zero = true;
    for (size_t i = 0; i < sizeof block_ && zero; ++i) zero = block_[i] == 0;
    if (zero) {
        if (++zero_blocks_ == 2) part_ = Part::finished;
        return;
    }
    if (zero_blocks_ != 0 || memcmp(block_ + 257, "ustar", 5) != 0 || !checksum_fits()) return fail(EBADMSG);
    bool ok = true;
    type_ = static_cast<char>(block_[156]);
    if (type_ == 'x' || type_ == 'g') pax_size_ = false; // an extended header has the size of its own
    if (!pax_size_) size_ = octal(block_ + 124, 12, ok);
    if (!pax_time_) mtime_ = static_cast<int64_t>(octal(block_ + 136, 12, ok));
    mode_ = static_cast<unsigned>(octal(block_ + 100, 8, ok)) & permissions;
    if (!ok) return fail(EBADMSG);
    padding_ = static_cast<size_t>((512 - size_ % 512) % 512);
    member();
}

void Unpacker::set_paths()
{
    char* at = path_;
    if (!pax_path_ && block_[345] != 0) {
        at = put_field(at, block_ + 345, 155);
        *at++ = '/';
    }
    if (!pax_path_) put_field(at, block_, 100);
    if (!pax_link_) put_field(link_, block_ + 157, 100);
}

void Unpacker::member()
{
    if (type_ == 'x' && size_ > most_pax) return fail(E2BIG);
    if (type_ == 'x' || type_ == 'g') {
        if (type_ == 'x') pax_.clear();
        return expect(size_ == 0     ? Part::padding
                      : type_ == 'x' ? Part::pax
                                     : Part::skip,
                      size_ == 0 ? padding_ : size_);
    }
    set_paths();
    if (type_ == '0' || type_ == '\0')
        file();
    else if (type_ == '5')
        directory();
    else if (type_ == '2')
        symlink();
    else
        fail(ENOTSUP);
    pax_path_ = pax_link_ = pax_size_ = pax_time_ = false;
}

void Unpacker::file()
{
    const char* name = nullptr;
    const int at = tree_.parent(path_, name);
    if (at < 0) return fail(errno);
    constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    file_ = openat(at, name, flags, mode_);
    if (file_ < 0 && errno == EEXIST && unlinkat(at, name, 0) == 0) file_ = openat(at, name, flags, mode_);
    if (file_ < 0) return fail(errno);
    ++files;
    expect(Part::content, size_);
    if (size_ != 0) return;
    finish_file();
    expect(Part::padding, 0);
}

void Unpacker::finish_file()
{
    const timespec times[2] = {{0, UTIME_OMIT}, {static_cast<time_t>(mtime_), 0}};
    if (keep_times_) futimens(file_, times);
    if (close(file_) != 0) fail(errno);
    file_ = -1;
}

void Unpacker::directory()
{
    const char* name = nullptr;
    const int at = tree_.parent(path_, name);
    if (at < 0) return fail(errno);
    expect(Part::padding, 0);
    if (strcmp(name, ".") == 0) return; // the root of the archive is the directory itself
    struct stat is;
    if (mkdirat(at, name, mode_ | 0700) != 0) { // its owner must still fill it
        if (errno != EEXIST) return fail(errno);
        if (fstatat(at, name, &is, AT_SYMLINK_NOFOLLOW) != 0) return fail(errno);
        if (!S_ISDIR(is.st_mode)) return fail(S_ISLNK(is.st_mode) ? ELOOP : ENOTDIR);
    }
    ++directories;
}

void Unpacker::symlink()
{
    const char* name = nullptr;
    const int at = tree_.parent(path_, name);
    if (at < 0) return fail(errno);
    if (symlinkat(link_, at, name) != 0 &&
        (errno != EEXIST || unlinkat(at, name, 0) != 0 || symlinkat(link_, at, name) != 0))
        return fail(errno);
    const timespec times[2] = {{0, UTIME_OMIT}, {static_cast<time_t>(mtime_), 0}};
    if (keep_times_) utimensat(at, name, times, AT_SYMLINK_NOFOLLOW);
    ++files;
    expect(Part::padding, 0);
}

/// Records are "LENGTH KEY=VALUE\n", and LENGTH counts the whole record.
void Unpacker::pax_records()
{
    unsigned char* at = pax_.data();
    size_t left = pax_.size();
    while (left != 0 && error_ == 0) {
        size_t digits = 0;
        while (digits < left && at[digits] != ' ') ++digits;
        bool ok = false;
        const uint64_t size = decimal({at, digits}, ok);
        if (!ok || size > left || size < digits + 3 || at[size - 1] != '\n') return fail(EBADMSG);
        auto* const equals = static_cast<unsigned char*>(memchr(at, '=', size));
        if (equals == nullptr) return fail(EBADMSG);
        *equals = '\0';
        pax_record(reinterpret_cast<char*>(at + digits + 1),
                   {equals + 1, static_cast<size_t>(at + size - 1 - (equals + 1))});
        at += size, left -= size;
    }
}

void Unpacker::pax_record(char* key, Bytes value)
{
    bool ok = true;
    if (strcmp(key, "path") == 0)
        pax_path_ = ok = copy(path_, value);
    else if (strcmp(key, "linkpath") == 0)
        pax_link_ = ok = copy(link_, value);
    else if (strcmp(key, "size") == 0)
        size_ = decimal(value, ok), pax_size_ = true;
    else if (strcmp(key, "mtime") == 0) {
        const bool before_epoch = value.size > 1 && value.data[0] == '-';
        const Bytes digits = before_epoch ? Bytes{value.data + 1, value.size - 1} : value;
        mtime_ = static_cast<int64_t>(decimal(digits, ok)) * (before_epoch ? -1 : 1), pax_time_ = true;
    }
    if (!ok) fail(EBADMSG);
}

} // namespace ysnp::agent
