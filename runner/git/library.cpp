#include "runner/git/library.h"
#include "runner/git/libgit2.h"
#include "runner/git/source_fault.h"

namespace ysnp::git {
namespace {

void set(int code, const char* option)
{
    if (code < 0) throw SourceFault(SourceError::host, std::string("libgit2 refuses its option ") + option);
}

void forget_configuration()
{
    for (const int level :
         {GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL})
        set(libgit2().libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, ""), "search path");
    set(libgit2().libgit2_opts(GIT_OPT_SET_TEMPLATE_PATH, ""), "template path");
}

void verify_everything()
{
    set(libgit2().libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 1), "strict hash verification");
    set(libgit2().libgit2_opts(GIT_OPT_ENABLE_STRICT_OBJECT_CREATION, 1), "strict object creation");
    set(libgit2().libgit2_opts(GIT_OPT_ENABLE_STRICT_SYMBOLIC_REF_CREATION, 1), "strict symbolic references");
}

void bound_memory()
{
    set(libgit2().libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, std::size_t{32} << 20), "window size");
    set(libgit2().libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, std::size_t{1} << 30), "mapped limit");
    set(libgit2().libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, static_cast<ssize_t>(64) << 20), "cache size");
}

} // namespace

void free_handle(git_repository* handle) noexcept { libgit2().repository_free(handle); }
void free_handle(git_remote* handle) noexcept { libgit2().remote_free(handle); }
void free_handle(git_odb* handle) noexcept { libgit2().odb_free(handle); }
void free_handle(git_odb_object* handle) noexcept { libgit2().odb_object_free(handle); }
void free_handle(git_reference* handle) noexcept { libgit2().reference_free(handle); }

Library::Library()
{
    int major = 0, minor = 0, revision = 0;
    libgit2().libgit2_version(&major, &minor, &revision);
    if (major != LIBGIT2_VER_MAJOR || minor != LIBGIT2_VER_MINOR)
        throw SourceFault(SourceError::host, "libgit2 " + std::to_string(major) + "." + std::to_string(minor) +
                                                 " is loaded, this program was built for " LIBGIT2_VERSION);
    libgit2().libgit2_init();
    forget_configuration();
    verify_everything();
    bound_memory();
}

Library::~Library() { libgit2().libgit2_shutdown(); }

std::string last_error()
{
    const git_error* error = libgit2().error_last();
    return error != nullptr && error->message != nullptr ? printable(error->message) : "no reason given";
}

} // namespace ysnp::git
