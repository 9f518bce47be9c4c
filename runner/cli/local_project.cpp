#include "runner/cli/local_project.h"
#include "conf/units.h"
#include "runner/cli/session.h"
#include "runner/git/local_dot_git.h"
#include "runner/job/layout.h"
#include "runner/tar/tar_writer.h"
#include <algorithm>
#include <cctype>
#include <fstream>
#include <set>
#include <sys/stat.h>

namespace ysnp::cli {
namespace {

using git::EntryType;
using git::LocalRepository;
namespace asio = boost::asio;

/// One file on its way into the job's volume.
struct Item {
    std::string path;
    EntryType type = EntryType::file;
    std::function<std::string()> content;
};

tar::Entry tar_entry(const Item& item, const std::string& root, std::int64_t time)
{
    tar::Entry entry;
    entry.path = root + "/" + item.path;
    entry.mtime = time;
    entry.mode = item.type == EntryType::file ? 0666 : 0777;
    if (item.type == EntryType::folder || item.type == EntryType::submodule) entry.type = tar::Type::directory;
    if (item.type == EntryType::symlink) {
        entry.type = tar::Type::symlink;
        entry.link_target = item.content();
    }
    return entry;
}

void put(tar::Writer& writer, const Item& item, const std::string& root, std::int64_t time)
{
    tar::Entry entry = tar_entry(item, root, time);
    if (entry.type == tar::Type::file)
        writer.file(std::move(entry), item.content());
    else
        writer.begin(entry);
}

/// The folders that lead to `root`, which is relative: "builds", "builds/group", …
void put_folders(tar::Writer& writer, const std::string& root, std::int64_t time)
{
    for (std::size_t end = root.find('/');; end = root.find('/', end + 1)) {
        tar::Entry entry;
        entry.path = root.substr(0, end);
        entry.type = tar::Type::directory;
        entry.mode = 0777;
        entry.mtime = time;
        writer.begin(entry);
        if (end == std::string::npos) return;
    }
}

/// Streams one file at a time, so that memory holds one.
asio::awaitable<git::SourceResult> stream(std::vector<Item> items, std::string root, std::string sha, std::int64_t time,
                                          net::BodySink& into)
{
    std::string buffer;
    tar::Writer writer([&buffer](std::string_view bytes) { buffer.append(bytes); });
    put_folders(writer, root, time);
    git::SourceResult result;
    for (const Item& item : items) {
        put(writer, item, root, time);
        ++result.stats.files;
        if (buffer.size() < (256u << 10)) continue;
        co_await into.write(buffer);
        buffer.clear();
    }
    writer.finish();
    co_await into.write(buffer);
    result.sha = sha;
    result.stats.tar_bytes = writer.written();
    co_return result;
}

/// The repository itself, so that the job can ask git for its version or its last change.
void add_repository(const LocalRepository& repository, const job::Run& run, std::vector<Item>& items)
{
    const auto depth = static_cast<std::uint32_t>(std::max<std::int64_t>(run.job.git_info.depth, 0));
    for (git::DotGitEntry& entry : git::dot_git_of(repository, depth, run.job.git_info.repo_url)) {
        const std::string path = entry.path.empty() ? ".git" : ".git/" + entry.path;
        items.push_back({path, entry.type, [content = std::move(entry.content)] { return content; }});
    }
}

std::vector<Item> items_of_commit(const std::shared_ptr<LocalRepository>& repository)
{
    std::vector<Item> items;
    for (const git::WorktreeEntry& entry : repository->files())
        items.push_back({entry.path, entry.type, [repository, entry] { return repository->content(entry); }});
    return items;
}

std::string read_whole(const std::filesystem::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(stream), {}};
    if (!stream.good() && !stream.eof()) throw CommandError(configuration, "cannot read " + file.string());
    return text;
}

/// One path of the working tree, and the folders above it that are not there yet.
void add_path(const std::filesystem::path& folder, const std::string& path, std::set<std::string>& seen,
              std::vector<Item>& items)
{
    const auto file = folder / path;
    struct stat status {};
    if (::lstat(file.c_str(), &status) != 0) return; // tracked and removed
    for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1))
        if (seen.insert(path.substr(0, slash)).second) items.push_back({path.substr(0, slash), EntryType::folder, {}});
    if (S_ISLNK(status.st_mode))
        items.push_back({path, EntryType::symlink, [file] { return std::filesystem::read_symlink(file).string(); }});
    else if (S_ISREG(status.st_mode))
        items.push_back({path, status.st_mode & S_IXUSR ? EntryType::executable : EntryType::file,
                         [file] { return read_whole(file); }});
}

std::vector<Item> items_of_folder(const std::filesystem::path& folder,
                                  const std::shared_ptr<LocalRepository>& repository)
{
    std::vector<Item> items;
    std::set<std::string> seen;
    if (repository) {
        for (const std::string& path : repository->working_tree()) add_path(folder, path, seen, items);
        return items;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (!entry.is_directory() || entry.is_symlink())
            add_path(folder, entry.path().lexically_relative(folder).string(), seen, items);
    return items;
}

/// Paths of the files that a pipeline may include.
std::vector<std::string> files_of(const std::vector<Item>& items)
{
    std::vector<std::string> paths;
    for (const Item& item : items)
        if (item.type == EntryType::file || item.type == EntryType::executable) paths.push_back(item.path);
    return paths;
}

/// The folder's name as a segment of a project's path.
std::string segment(const std::string& name)
{
    std::string out;
    for (const char letter : name)
        out += std::isalnum(static_cast<unsigned char>(letter)) || letter == '_' || letter == '-' || letter == '.'
                   ? letter
                   : '-';
    while (!out.empty() && !std::isalnum(static_cast<unsigned char>(out.front()))) out.erase(0, 1);
    return out.empty() ? "project" : out;
}

void describe(const LocalRepository::Commit& head, pipeline::Context& context)
{
    context.sha = head.sha;
    context.ref = head.branch.empty() ? "HEAD" : head.branch;
    context.commit_message = head.message;
    context.commit_author = head.author;
    context.commit_timestamp = conf::to_string(std::chrono::sys_seconds(std::chrono::seconds(head.time)));
    if (const auto bracket = head.author.find(" <"); bracket != std::string::npos) {
        context.user_name = head.author.substr(0, bracket);
        context.user_email = head.author.substr(bracket + 2, head.author.size() - bracket - 3);
    }
}

} // namespace

LocalProject open_project(const std::filesystem::path& folder, const std::string& path, Files files)
{
    std::shared_ptr<LocalRepository> repository; // shared with the reader and the sources, which outlive this call
    if (auto found = LocalRepository::find(folder)) repository = std::make_shared<LocalRepository>(std::move(*found));
    if (!repository && files == Files::commit)
        throw CommandError(configuration, folder.string() + " lies in no git repository; use --working-tree");
    const auto top = repository ? repository->folder() : folder;
    LocalProject project;
    // No GitLab knows the token; random, so that masking it hides nothing else.
    project.context.token = "local-" + job::random_suffix();
    project.context.project_path = path.empty() ? "local/" + segment(top.filename().string()) : path;
    project.context.started_at =
        conf::to_string(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
    project.context.sha = std::string(40, '0');
    LocalRepository::Commit head;
    if (repository) describe(head = repository->head(), project.context);
    if (files == Files::commit)
        project.read = [repository](const std::string& name) { return repository->file(name); };
    else
        project.read = pipeline::folder_reader(top);
    project.list = [repository, files, top] {
        return files_of(files == Files::commit ? items_of_commit(repository) : items_of_folder(top, repository));
    };
    project.sources = [repository, files, top, head](const job::Run& run) -> job::Sources {
        return [=, &run](git::Events&, net::BodySink& into, Deadline) {
            auto items = files == Files::commit ? items_of_commit(repository) : items_of_folder(top, repository);
            if (repository) add_repository(*repository, run, items);
            return stream(std::move(items), run.layout.project_dir.substr(1), head.sha, head.time, into);
        };
    };
    return project;
}

} // namespace ysnp::cli
