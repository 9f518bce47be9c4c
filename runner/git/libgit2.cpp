#include "runner/git/libgit2.h"
#include "runner/git/source_fault.h"
#include <dlfcn.h>

namespace ysnp::git {
namespace {

constexpr const char* file_name = "libgit2.so." LIBGIT2_SOVERSION;

[[noreturn]] void missing()
{
    const char* why = ::dlerror();
    throw SourceFault(SourceError::host, std::string("cannot load ") + file_name + ", install the package libgit2-" +
                                             LIBGIT2_SOVERSION + ": " +
                                             printable(why != nullptr ? why : "no reason given"));
}

void* open_library()
{
    void* library = ::dlopen(file_name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (library == nullptr) missing();
    return library;
}

} // namespace

Libgit2::Libgit2() : library_(open_library()) {}

Libgit2::Symbol Libgit2::symbol(const char* name) const
{
    void* address = ::dlsym(library_, name);
    if (address == nullptr) missing();
    return {address};
}

const Libgit2& libgit2()
{
    static const Libgit2 loaded;
    return loaded;
}

} // namespace ysnp::git
