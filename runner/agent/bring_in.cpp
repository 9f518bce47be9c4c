#include "runner/agent/bring_in.h"
#include "net/failure.h"
#include "runner/agent/image.h"
#include "runner/tar/tar_writer.h"

namespace ysnp::agent {
namespace {

[[noreturn]] void refuse(const std::string& path, const char* why)
{
    throw std::system_error(make_error_code(Error::invalid_value), "\"" + path + "\" " + why);
}

/// The path without its leading '/', fit for an archive that is unpacked at the container's root.
std::string relative(const std::string& path)
{
    if (path.empty() || path.front() != '/') refuse(path, "is not an absolute path in the container");
    if ((path + "/").find("/../") != std::string::npos) refuse(path, "holds \"..\"");
    std::string result =
        path.substr(path.find_first_not_of('/') == std::string::npos ? path.size() : path.find_first_not_of('/'));
    while (!result.empty() && result.back() == '/') result.pop_back();
    if (result.empty()) refuse(path, "is the root of the container");
    return result;
}

/// The archive in pieces: own bytes, and the agent's where they lie.
class Archive : public net::BodySource {
public:
    Archive(std::string head, std::string_view agent, std::string_view tail)
        : head_(std::move(head)), pieces_{head_, agent, tail}
    {
    }

    std::optional<std::uint64_t> size() const override
    {
        return pieces_[0].size() + pieces_[1].size() + pieces_[2].size();
    }

    boost::asio::awaitable<std::string_view> next() override
    {
        if (at_ == std::size(pieces_)) co_return std::string_view();
        co_return pieces_[at_++];
    }

private:
    std::string head_;
    std::string_view pieces_[3];
    std::size_t at_ = 0;
};

tar::Entry directory(std::string path, const Folder& owner)
{
    tar::Entry entry;
    entry.path = std::move(path);
    entry.type = tar::Type::directory;
    entry.mode = owner.mode;
    entry.uid = owner.uid;
    entry.gid = owner.gid;
    return entry;
}

} // namespace

std::vector<Folder> folders_to(std::string path, std::string from, std::uint32_t uid, std::uint32_t gid)
{
    const std::string below = relative(path), root = relative(from);
    if ((below + "/").compare(0, root.size() + 1, root + "/") != 0) refuse(path, ("is not below " + from).c_str());
    std::vector<Folder> folders;
    for (std::size_t end = root.size(); end != std::string::npos; end = below.find('/', end + 1))
        folders.push_back({"/" + below.substr(0, end), uid, gid, 0777});
    if (folders.back().path != "/" + below) folders.push_back({"/" + below, uid, gid, 0777});
    return folders;
}

std::unique_ptr<net::BodySource> bring_in_archive(const std::vector<Folder>& folders, std::string agent)
{
    std::string head;
    for (const Folder& folder : folders) head += tar::header(directory(relative(folder.path), folder));
    const std::string path = relative(agent);
    const std::size_t slash = path.rfind('/');
    if (slash != std::string::npos) head += tar::header(directory(path.substr(0, slash), {"", 0, 0, 0755}));

    const auto image = agent_image();
    tar::Entry program;
    program.path = path;
    program.mode = 0555;
    program.size = image.size();
    head += tar::header(program);
    const std::string_view bytes(reinterpret_cast<const char*>(image.data()), image.size());
    return std::make_unique<Archive>(std::move(head), bytes, tar::zeros(tar::padding(bytes.size()) + 2 * tar::block));
}

} // namespace ysnp::agent
