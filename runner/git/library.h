#pragma once
#include <memory>
#include <string>

struct git_repository;
struct git_remote;
struct git_odb;
struct git_odb_object;
struct git_reference;

namespace ysnp::git {

void free_handle(git_repository* handle) noexcept;
void free_handle(git_remote* handle) noexcept;
void free_handle(git_odb* handle) noexcept;
void free_handle(git_odb_object* handle) noexcept;
void free_handle(git_reference* handle) noexcept;

/// Owns what libgit2 hands out.
struct HandleDeleter {
    template <class T>
    void operator()(T* handle) const noexcept
    {
        free_handle(handle);
    }
};
template <class T>
using Handle = std::unique_ptr<T, HandleDeleter>;

/// libgit2 as this program uses it: no configuration of host or user, no templates, strict verification of all that
/// comes in, bounded caches. Throws SourceFault (host) if the library is not one we know.
class Library {
public:
    Library();
    ~Library();
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;
};

/// What libgit2 says about the last failure, fit for a trace.
std::string last_error();

} // namespace ysnp::git
