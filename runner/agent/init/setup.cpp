#include "runner/agent/init/setup.h"
#include "runner/agent/init/tree.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ysnp::agent {
namespace {

bool write_all(int fd, Bytes bytes)
{
    while (bytes.size != 0) {
        const ssize_t put = write(fd, bytes.data, bytes.size);
        if (put < 0 && errno != EINTR) return false;
        if (put > 0) bytes.data += put, bytes.size -= static_cast<size_t>(put);
    }
    return true;
}

bool add_pointer(Buffer& pointers, char* value)
{
    return pointers.add({reinterpret_cast<const unsigned char*>(&value), sizeof value});
}

char** array(Buffer& pointers)
{
    return add_pointer(pointers, nullptr) ? reinterpret_cast<char**>(pointers.data()) : nullptr;
}

/// Makes the folders above `path`.
int make_room(char* path, mode_t mode)
{
    char* const slash = strrchr(path, '/');
    if (slash == nullptr || slash == path) return 0;
    *slash = '\0';
    const int error = make_directories(path, mode);
    *slash = '/';
    return error;
}

} // namespace

void Setup::fail(int error, const char* what)
{
    if (error_ != 0) return;
    error_ = error;
    strncpy(failed_, what, sizeof failed_ - 1);
}

void Setup::clear()
{
    Buffer* const buffers[] = {&directory_, &argv_, &environment_, &script_, &argv_pointers_, &environment_pointers_};
    for (Buffer* buffer : buffers) buffer->clear();
    if (memfd_ >= 0) close(memfd_);
    if (file_ >= 0) close(file_);
    memfd_ = file_ = -1;
    arguments_ = 0;
    error_ = 0;
    memset(failed_, 0, sizeof failed_);
}

void Setup::stage(Fields fields)
{
    clear();
    const bool by_pipe = (fields.u32() & wire::script_by_pipe) != 0;
    bool stored = directory_.add_text(fields.text());
    arguments_ = fields.u32();
    for (uint32_t i = 0; i < arguments_ && fields.ok(); ++i) stored = argv_.add_text(fields.text()) && stored;
    if (!fields.ok() || arguments_ == 0) fail(EINVAL, "argv");
    if (!stored) fail(ENOMEM, "argv");
    if (!by_pipe) memfd_ = memfd_create("script", MFD_CLOEXEC);
}

void Setup::environment(Fields fields)
{
    while (!fields.empty() && fields.ok())
        if (!environment_.add_text(fields.text())) return fail(ENOMEM, "environment");
    if (!fields.ok()) fail(EINVAL, "environment");
}

void Setup::open_file(const char* path, mode_t mode, bool append, mode_t umask)
{
    if (append) return;
    if (file_ >= 0) close(file_);
    char copy[4096] = {};
    strncpy(copy, path, sizeof copy - 1);
    if (const int error = make_room(copy, 0777 & ~umask); error != 0) return fail(error, path);
    unlink(path); // what the job made of it, a symlink for one, is not written through
    file_ = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (file_ < 0) fail(errno, path);
}

void Setup::file(Fields fields, mode_t umask)
{
    const mode_t mode = static_cast<mode_t>(fields.u32());
    const bool append = (fields.u32() & wire::append) != 0;
    Buffer path;
    if (!path.add_text(fields.text())) return fail(ENOMEM, "file");
    if (!fields.ok()) return fail(EINVAL, "file");
    if (error_ != 0) return;
    open_file(path.text(), mode, append, umask);
    if (error_ == 0 && !write_all(file_, fields.rest())) fail(errno, path.text());
}

void Setup::script(Bytes bytes)
{
    if (error_ != 0) return;
    if (memfd_ < 0 && !script_.add(bytes)) fail(ENOMEM, "script");
    if (memfd_ >= 0 && !write_all(memfd_, bytes)) fail(errno, "script");
}

char** Setup::argv()
{
    char* at = argv_.text();
    for (uint32_t i = 0; i < arguments_; ++i, at += strlen(at) + 1)
        if (!add_pointer(argv_pointers_, at)) return nullptr;
    return array(argv_pointers_);
}

/// Whether `list` has the variable that `entry` ("NAME=value") sets.
static bool sets_too(Buffer& list, const char* entry)
{
    const size_t name = strcspn(entry, "=") + 1;
    const char* const end = list.text() + list.size();
    for (const char* at = list.text(); at != end; at += strlen(at) + 1)
        if (strncmp(at, entry, name) == 0) return true;
    return false;
}

char** Setup::merged_environment(char** inherited)
{
    for (; *inherited != nullptr; ++inherited)
        if (!sets_too(environment_, *inherited) && !add_pointer(environment_pointers_, *inherited)) return nullptr;
    char* const end = environment_.text() + environment_.size();
    for (char* at = environment_.text(); at != end; at += strlen(at) + 1)
        if (!add_pointer(environment_pointers_, at)) return nullptr;
    return array(environment_pointers_);
}

} // namespace ysnp::agent
