#pragma once
#include <git2.h>
#include <git2/sys/errors.h>
#include <git2/sys/transport.h>

namespace ysnp::git {

/// The functions of libgit2 that this program calls. The library is loaded with the first use and not linked: it and
/// the dozen libraries that it needs would else be mapped by the service too, which never calls them.
class Libgit2 {
public:
    /// Throws SourceFault (host) where the library, or a function of it, is missing.
    Libgit2();

private:
    /// The address of a function, of the type that it is assigned to.
    struct Symbol {
        void* address;
        template <class Function>
        operator Function*() const
        {
            return reinterpret_cast<Function*>(address);
        }
    };
    Symbol symbol(const char* name) const;

    void* library_;

public:
    decltype(&git_commit_author) commit_author = symbol("git_commit_author");
    decltype(&git_commit_free) commit_free = symbol("git_commit_free");
    decltype(&git_commit_id) commit_id = symbol("git_commit_id");
    decltype(&git_commit_lookup) commit_lookup = symbol("git_commit_lookup");
    decltype(&git_commit_message) commit_message = symbol("git_commit_message");
    decltype(&git_commit_time) commit_time = symbol("git_commit_time");
    decltype(&git_commit_tree_id) commit_tree_id = symbol("git_commit_tree_id");
    decltype(&git_error_last) error_last = symbol("git_error_last");
    decltype(&git_error_set_str) error_set_str = symbol("git_error_set_str");
    decltype(&git_fetch_options_init) fetch_options_init = symbol("git_fetch_options_init");
    decltype(&git_index_entrycount) index_entrycount = symbol("git_index_entrycount");
    decltype(&git_index_free) index_free = symbol("git_index_free");
    decltype(&git_index_get_byindex) index_get_byindex = symbol("git_index_get_byindex");
    decltype(&git_libgit2_init) libgit2_init = symbol("git_libgit2_init");
    decltype(&git_libgit2_opts) libgit2_opts = symbol("git_libgit2_opts");
    decltype(&git_libgit2_shutdown) libgit2_shutdown = symbol("git_libgit2_shutdown");
    decltype(&git_libgit2_version) libgit2_version = symbol("git_libgit2_version");
    decltype(&git_odb_exists_ext) odb_exists_ext = symbol("git_odb_exists_ext");
    decltype(&git_odb_free) odb_free = symbol("git_odb_free");
    decltype(&git_odb_object_data) odb_object_data = symbol("git_odb_object_data");
    decltype(&git_odb_object_free) odb_object_free = symbol("git_odb_object_free");
    decltype(&git_odb_object_size) odb_object_size = symbol("git_odb_object_size");
    decltype(&git_odb_object_type) odb_object_type = symbol("git_odb_object_type");
    decltype(&git_odb_read) odb_read = symbol("git_odb_read");
    decltype(&git_odb_read_header) odb_read_header = symbol("git_odb_read_header");
    decltype(&git_odb_refresh) odb_refresh = symbol("git_odb_refresh");
    decltype(&git_reference_create) reference_create = symbol("git_reference_create");
    decltype(&git_reference_free) reference_free = symbol("git_reference_free");
    decltype(&git_reference_is_branch) reference_is_branch = symbol("git_reference_is_branch");
    decltype(&git_reference_list) reference_list = symbol("git_reference_list");
    decltype(&git_reference_name_to_id) reference_name_to_id = symbol("git_reference_name_to_id");
    decltype(&git_reference_remove) reference_remove = symbol("git_reference_remove");
    decltype(&git_reference_shorthand) reference_shorthand = symbol("git_reference_shorthand");
    decltype(&git_reference_target) reference_target = symbol("git_reference_target");
    decltype(&git_remote_connect_ext) remote_connect_ext = symbol("git_remote_connect_ext");
    decltype(&git_remote_connect_options_init) remote_connect_options_init = symbol("git_remote_connect_options_init");
    decltype(&git_remote_create_anonymous) remote_create_anonymous = symbol("git_remote_create_anonymous");
    decltype(&git_remote_download) remote_download = symbol("git_remote_download");
    decltype(&git_remote_free) remote_free = symbol("git_remote_free");
    decltype(&git_remote_lookup) remote_lookup = symbol("git_remote_lookup");
    decltype(&git_remote_ls) remote_ls = symbol("git_remote_ls");
    decltype(&git_remote_stats) remote_stats = symbol("git_remote_stats");
    decltype(&git_remote_url) remote_url = symbol("git_remote_url");
    decltype(&git_repository_commondir) repository_commondir = symbol("git_repository_commondir");
    decltype(&git_repository_free) repository_free = symbol("git_repository_free");
    decltype(&git_repository_head) repository_head = symbol("git_repository_head");
    decltype(&git_repository_index) repository_index = symbol("git_repository_index");
    decltype(&git_repository_init_ext) repository_init_ext = symbol("git_repository_init_ext");
    decltype(&git_repository_init_options_init) repository_init_options_init =
        symbol("git_repository_init_options_init");
    decltype(&git_repository_is_shallow) repository_is_shallow = symbol("git_repository_is_shallow");
    decltype(&git_repository_odb) repository_odb = symbol("git_repository_odb");
    decltype(&git_repository_open_bare) repository_open_bare = symbol("git_repository_open_bare");
    decltype(&git_repository_open_ext) repository_open_ext = symbol("git_repository_open_ext");
    decltype(&git_repository_workdir) repository_workdir = symbol("git_repository_workdir");
    decltype(&git_status_byindex) status_byindex = symbol("git_status_byindex");
    decltype(&git_status_list_entrycount) status_list_entrycount = symbol("git_status_list_entrycount");
    decltype(&git_status_list_free) status_list_free = symbol("git_status_list_free");
    decltype(&git_status_list_new) status_list_new = symbol("git_status_list_new");
    decltype(&git_status_options_init) status_options_init = symbol("git_status_options_init");
    decltype(&git_strarray_dispose) strarray_dispose = symbol("git_strarray_dispose");
    decltype(&git_transport_smart) transport_smart = symbol("git_transport_smart");
};

/// Stays loaded to the end of the process.
const Libgit2& libgit2();

} // namespace ysnp::git
