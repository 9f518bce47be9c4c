#include "runner/git/object_store.h"
#include "runner/git/libgit2.h"
#include "runner/git/source_fault.h"

namespace ysnp::git {
namespace {

git_oid native(const Oid& oid)
{
    git_oid raw;
    std::memcpy(raw.id, oid.bytes.data(), oid.bytes.size());
    return raw;
}

[[noreturn]] void damaged(const Oid& oid)
{
    throw CorruptCache("object " + oid.hex() + " cannot be read: " + last_error());
}

git_odb* open_odb(git_repository* repository)
{
    git_odb* odb = nullptr;
    if (libgit2().repository_odb(&odb, repository) < 0)
        throw CorruptCache("cannot open the object store: " + last_error());
    return odb;
}

ObjectType checked_type(git_object_t type, const Oid& oid)
{
    if (type < GIT_OBJECT_COMMIT || type > GIT_OBJECT_TAG) damaged(oid);
    return static_cast<ObjectType>(type);
}

} // namespace

ObjectType Object::type() const noexcept { return static_cast<ObjectType>(libgit2().odb_object_type(handle_.get())); }

std::string_view Object::bytes() const noexcept
{
    return {static_cast<const char*>(libgit2().odb_object_data(handle_.get())),
            libgit2().odb_object_size(handle_.get())};
}

ObjectStore::ObjectStore(git_repository* repository, std::uint64_t most_bytes)
    : odb_(open_odb(repository)), most_bytes_(most_bytes)
{
}

bool ObjectStore::has(const Oid& oid) const
{
    const git_oid raw = native(oid);
    return libgit2().odb_exists_ext(odb_.get(), &raw, GIT_ODB_LOOKUP_NO_REFRESH) == 1;
}

Object ObjectStore::read(const Oid& oid) const
{
    const Head known = head(oid);
    if (known.size > most_bytes_)
        throw SourceFault(SourceError::limit, "object " + oid.hex() + " has " + std::to_string(known.size) +
                                                  " bytes, at most " + std::to_string(most_bytes_) + " are accepted");
    const git_oid raw = native(oid);
    git_odb_object* object = nullptr;
    if (libgit2().odb_read(&object, odb_.get(), &raw) < 0) damaged(oid);
    Handle<git_odb_object> handle(object);
    checked_type(libgit2().odb_object_type(object), oid);
    return Object(std::move(handle));
}

Object ObjectStore::read(const Oid& oid, ObjectType type) const
{
    Object object = read(oid);
    if (object.type() != type)
        throw SourceFault(SourceError::object,
                          "object " + oid.hex() + " is of another type than what refers to it says");
    return object;
}

ObjectStore::Head ObjectStore::head(const Oid& oid) const
{
    const git_oid raw = native(oid);
    std::size_t size = 0;
    git_object_t type = GIT_OBJECT_INVALID;
    if (libgit2().odb_read_header(&size, &type, odb_.get(), &raw) < 0) damaged(oid);
    return {checked_type(type, oid), size};
}

void ObjectStore::refresh()
{
    if (libgit2().odb_refresh(odb_.get()) < 0) throw CorruptCache("cannot refresh the object store: " + last_error());
}

} // namespace ysnp::git
